// The words of commands to devices and of the ways that they take, in Chinese: asking, agreeing, how it went; and what a link
// says of itself to whoever maintains it.
export const commandsZh = {
  orders: {
    title: '下行指令', note: '发出的每一条都留有日志', choose: '要设备做什么', dangerous: '需第二人批准', dangerousNote: '会清除、改写或开关现场的东西：先申请，另一人同意后才发出', other: '其他指令', otherNote: '名称和参数由设备自己解释', name: '指令名', params: '参数（JSON 对象）',
    unheard: '设备还没有来报，不知道经哪条链路下达。', noWay: '设备经链路 {link} 来报，这条链路不下达指令。', source: '依据：{source}', noParams: '不需要参数', optional: '可不填', range: '{low} 至 {high}', person: '您的姓名', personNote: '记入日志；本机记住，下次不用再填',
    expires: '多久没做成就作废', span: { '600': '10 分钟', '3600': '1 小时', '86400': '1 天', '604800': '7 天' }, send: '发送', request: '申请…', sending: '正在登记…', sent: '第 {id} 号已登记，正在发往设备。', requested: '第 {id} 号已登记，等第二人批准。',
    confirm: '向 {device} 申请“{name}”？', confirmGo: '确认申请', lost: '将失去或改变：', second: '提交以后不会马上发出，要由另一人在这里同意。',
    wrong: { missing: '必须填', whole: '应为整数', range: '应为 {low} 至 {high} 的整数', time: '应为日期和时间', long: '太长，最多 1000 字节', name: '1 至 64 个小写字母、数字或下划线', json: '应为 JSON 对象，如 {example}', person: '请填姓名，最多 100 个字', same: '{who} 是申请人，须由另一人同意' },
    list: '指令记录', listNote: '最新在前', none: '还没有给它下过指令', older: '更早的', asked: '{who} 于 {at} 提出', agreed: '{who} 同意', until: '{time}后作废', tries: '已 {n} 次未应答', reason: '原因', number: '第 {id} 号', result: '设备的回答', raw: '原始 JSON', reveal: '显示', journal: '日志', noAnswer: '设备确认了，没有带回数据',
    agree: '同意', agreeGo: '同意并发出', agreeName: '批准人姓名', agreeNote: '须是 {who} 以外的人', cancel: '撤销', cancelGo: '确认撤销', cancelName: '撤销人姓名', back: '返回', 
    queued: '{n} 条指令等第二人批准', queuedMore: '另有 {n} 条', see: '去处理',
    standing: {
      queued: '等待第二人批准', approved: '即将发出', waits: '等待设备上线', again: '稍后重试', sent: '已发出，等设备应答', confirmed: '设备已确认', failed: '没有做成', unsure: '不知是否已做', expired: '已过期，未做成', cancelled: '已撤销',
    },
    step: { queued: '提出，等第二人批准', approved: '可以发出', sent: '已发出', confirmed: '设备已确认', failed: '没有做成', expired: '过期', cancelled: '撤销' },
    loss: {
      any: '它会改写或清除设备里的数据或设置，发出以后收不回来。',
      set_password: '旧密码立即失效。新密码填错或遗失，枢纽和厂家平台都连不上它，只能到现场重设。',
      set_parameter: '设备现在的参数值会被覆盖，以后的读数按新值计算；原值设备不另存。',
      clear_storage: '设备固态存储里的全部历史数据会被清空，没有补传过的读数再也取不回来。',
      factory_reset: '设备的全部设置和历史数据恢复出厂状态：地址、密码、要素和中心地址都要到现场重设，此前可能一直连不上。',
      initialise: '传输装置现有的设置和记录会被清除并重新启动；其间不转发火警和故障，它后面的设施都看不到。',
      pump: '水泵会立即启停，水位和流量随之改变；停机可能积水，空转可能烧毁。发出以前先确认现场无人作业。',
      valve: '阀门会立即开关，上下游的供水和压力随之改变。发出以前先确认现场无人作业。',
      gate: '闸门会立即动作，上下游水位随之改变，放出的水收不回来。发出以前先确认下游无人、现场无人作业。',
      quota: '水量定值控制会投入或退出：投入后到量自动停供，退出后不再限量。',
    },
    known: { clear_storage: '初始化固态存储', factory_reset: '恢复出厂设置', set_password: '修改密码', set_parameter: '设置现场机参数', initialise: '初始化传输装置', pump: '控制水泵开关', valve: '控制阀门开关', gate: '控制闸门开关', quota: '水量定值控制' },
    column: { id: '编码', name: '名称', metric: '指标', value: '值', unit: '单位', at: '时间', device: '设备', quality: '质量', text: '内容', state: '状态', version: '版本', time: '时间', kind: '类别', count: '数目', station: '测站', seconds: '秒', minutes: '分钟', function: '功能码', serial: '流水号', send_time: '发报时间', elements: '要素', data: '数据', confirmed: '已确认', answered: '应答时间', operator: '值班员' },
    yes: '是', no: '否',
  },
  lines: {
    title: '接入链路详情', summary: '{n} 条链路 · {peers} 个设备或网关连着 · 偏差 {deviations} 次', listening: '监听', callsOut: '主动外联，不监听', peers: '连着', peersNone: '–', messages: '报文', rejected: '拒收', deviations: '偏差', none: '没有偏差', noLinks: '没有链路', note: '自枢纽启动以来。偏差 = 与标准不符但容忍了、拒绝了，或因此断开的',
  },
}
