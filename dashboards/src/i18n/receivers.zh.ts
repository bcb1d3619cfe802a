// The words of receivers in Chinese: whom the hub tells outside, on which channel, and why it does not get through.
export const receiversZh = {
  receivers: {
    title: '消息推送', note: '告警、事件、失联推给谁，送到没有', create: '新建接收方', go: '建立', name: '名称', state: '状态', what: '推送内容', last: '最近一次', waiting: '待发', givenUp: '已放弃', empty: '还没有接收方', emptyNote: '建一个：值班邮箱、企业微信或钉钉群机器人、上级平台的地址',
    channelLabel: '渠道', channel: { webhook: 'Webhook', email: '电子邮件', wecom: '企业微信机器人', dingtalk: '钉钉机器人', mqtt: 'MQTT' },
    lacks: { email: '（配置里没有 [mail]）', mqtt: '（没有消息服务器）' },
    about: {
      webhook: '给程序：带签名的 HTTP 请求，密钥只显示一次。', email: '给人：一事一封；多了合并成一封。', wecom: '给人：把群机器人的 Webhook 地址原样贴进来。', dingtalk: '给人：贴自定义机器人的地址；安全设置选“加签”时填 SEC 开头的密钥。关键词可设“城枢”。',
      mqtt: '给程序：告警发布到 city/专题/设备/alarm，QoS 1，不保留。',
    },
    url: '地址', robotUrl: '机器人地址（含密钥）', keyKept: '地址里的密钥不再显示；不改就留着，要换就贴完整的新地址。', sign: '加签密钥', signKept: '留空不改', to: '邮箱', broker: '消息服务器', lang: '语言', events: '推送哪些', themes: '只限专题', noneIsAll: '一个不选 = 全部', newSecret: '换新的签名密钥（旧的立即失效）',
    event: { alarm_raised: '告警产生', alarm_cleared: '告警解除', event: '设备事件', device_offline: '设备失联', device_online: '设备恢复', test: '测试' }, allEvents: '全部消息', allThemes: '全部专题',
    st: { good: '正常', bad: '送不到', fresh: '未发送', paused: '已暂停' }, next: '{at} 再试', status: '应答 {code}', pace: '邮箱和机器人每分钟最多 {n} 条；再多就合并成一条发送。送不到的会一直重试，间隔不超过 5 分钟，默认满一天放弃，可补发。',
    test: '发测试', tested: '测试消息已交给“{name}”，结果几秒内见“状态”。', edit: '修改', editTitle: '修改“{name}”', pause: '暂停', resume: '恢复', paused: '“{name}”已暂停；其间发生的不再补送。', resumed: '“{name}”已恢复。',
    remove: '删除', removeAsk: '删除“{name}”？', removeNote: '它的推送记录一起删除，没有送出的不再送。', removeGo: '确认删除', created: '“{name}”的签名密钥', secret: '签名密钥', secretNote: '接收方用它核对 X-Chengshu-Signature。',
    log: '推送记录', logOf: '“{name}”的推送记录', at: '时间', told: '内容', tries: '次数', number: '第 {id} 号', digest: '与其他消息合并发送（自第 {id} 号起）', none: '没有推送记录', newest: '最新的', replayAll: '补发已放弃的（{n}）', retell: '重发', again: '{n} 条重新排队。', delivery: { waiting: '待发', delivered: '已送达', given_up: '已放弃' },
    rule: {
      name: '名称：1 至 200 个字', url: '地址：http 或 https 的完整地址；机器人的地址要带密钥；内网地址须写在配置 webhooks.allow 里', sign: '加签密钥：SEC 开头的一串字符，没有空格', to: '邮箱：只填一个，如 duty@gov.example', broker: '消息服务器：选一个', channel: '渠道：建好以后不能改，或配置里没有这个渠道', events: '推送哪些：MQTT 只推送告警', themes: '专题：没有这个专题',
    },
    why: {
      forbidden: '地址不许访问：内网地址须写在配置 webhooks.allow（邮件：mail.allow_networks）里', rate: '对方限流：每分钟条数超了，稍后再送', key: '机器人的密钥不对，或机器人已被移除', rules: '机器人的安全设置不接受：加签、关键词或来源地址', noRobot: '这个地址不是机器人的', silent: '对方没有应答', plain: '邮件服务器不支持加密（STARTTLS），没有发送', login: '邮件服务器不认枢纽的账号', mailbox: '邮件服务器不收这封信', tls: '对方的证书不可信',
      noMail: '配置里没有 [mail]', noBroker: '配置里没有这个消息服务器', broker: '消息服务器没有连上', secret: '密钥打不开，请重新填写', name: '域名解析不到', redirect: '对方要求转到别处，枢纽不跟', fault: '对方出错', refused: '对方拒收', down: '连不上对方', other: '没有送到',
    },
  },
}
