// The words of the desk in Chinese: register, device page, import, labels, commissioning, maintenance, and the wall's search.
export const deskZh = {
  desk: { centre: '工作台 · {district}', brand: '{district}一网统管', sub: '城枢 · 工作台', nav: '工作台导航', system: '系统', busy: '正在保存…', open: '工作台' },
  search: { label: '查找设备', hint: '编号或名称', none: '没有这样的设备', found: '{n} 个结果，用上下键选择', unplaced: '无坐标', open: '打开设备页' },
  registration: { registered: '已登记', accepted: '已放行', pending: '待登记', retired: '已退役' },
  register: {
    title: '设备台账', search: '搜索编号、名称、序列号…', filters: '筛选台账', byState: '按状态筛选', all: '全部', everything: '全部设备', waiting: '{n} 台设备等待登记', device: '设备', value: '最新值', tick: '竖线 = 陈旧时限',
    accept: '接纳', acceptOne: '接纳 {id}', import: '导入', export: '导出', exportFailed: '导出失败', noChoices: '部门与区域的选项暂时读不到', noMatchNote: '换一个条件，或清除筛选', empty: '台账还是空的', emptyNote: '导入一份设备清单，或等第一台设备来报',
  },
  readings: { open: '导出读数…', title: '导出读数', from: '自', to: '至（含当日）', note: '按台账当前的类型、区域与分组筛选；按当地日期。每行一个读数，带单位与质量标记；文字不会变成公式，数字仍是数字。工作簿最多 1,048,575 行，更多请用 CSV。', backwards: '起始日期晚于截止日期', broken: '文件没有传完，请重试', busy: '正在写…' },
  device: {
    title: '设备页', choose: '先在台账里选一台设备', open: '打开设备页', side: '登记、位置与变更', unknown: '枢纽不认识这个编号：没有登记过，也没有来报过。', commissionIt: '到现场调试它', toList: '返回台账', deadline: '{stale}不来报算陈旧，{offline}算离线（{from}）',
    sharing: '列出与它相同的设备', where: '{name} 的位置：东经 {lng}，北纬 {lat}', border: '界线：天地图 {review}', noMap: '底图读不到', noPlace: '没有坐标，不在地图上。', locate: '到现场定位',
    retire: '退役', retireAsk: '让 {id} 退役？它会离开台账、指标与大屏，读数保留；再次来报时会回到“待登记”。', retireGo: '确认退役', retired: '{id} 已退役', retiredNote: '读数仍然保留。它再次来报时，会在台账里等待登记。',
  },
  metrics: {
    title: '读数与走势', note: '数值随数据流更新，走势每 30 秒重读', spans: '时间跨度', span: { '1h': '1 小时', '6h': '6 小时', '24h': '24 小时', '7d': '7 天', '30d': '30 天' }, good: '质量良好', never: '这项指标从未来报', absent: '从未来报的 {n} 项指标', comma: '、', open: '展开走势',
    chart: '{name}，近 {span} 的走势；左右键读取单点', gap: '这段时间没有读数', mean: '{n} 分钟均值', nothing: '这段时间没有读数', outside: '限值在图外：{n}',
  },
  messages: { title: '原始报文', note: '打开本页期间实时收取，最多 20 条', since: '自 {at} 起收取', none: '还没有收到新的报文', taken: '已接收', rejected: '被拒收' },
  dayLedger: { title: '今日账', none: '今天还没有收到它的数据' },
  photos: { title: '照片', none: '还没有照片', take: '拍照或选图', alt: '{id} 的照片，{at}', delete: '删除', gone: '确认删除', unreadable: '这个文件读不成照片，请换一张 JPEG、PNG 或 WebP。' },
  history: { title: '变更记录', none: '还没有人登记或改过', created: '登记', changed: '修改', retired: '退役', imported: '导入', became: '改为', more: '另有 {n} 项' },
  entry: {
    title: '登记信息', version: '第 {n} 版', nobody: '还没有人登记', edit: '修改', register: '登记', save: '保存', again: '在新版上保存我的改动', discard: '放弃我的改动', saved: '已保存', same: '没有改动', none: '未填', changed: '已改', over: '已过保',
    name: '名称', kind: '类型', department: '责任部门', area: '区域', group: '分组', groups: '分组（; 分隔）', place: '坐标', lng: '经度', lat: '纬度', datum: '坐标系', gateway: '网关', vendor: '厂家', model: '型号', serial: '序列号',
    installed: '安装日期', warranty_until: '质保到期', contact: '联系人', tags: '标签（; 分隔）', tag: '标签', state: '状态', registration: '登记', group_who: '是什么，谁负责', group_where: '在哪里，经哪里来报', group_what: '设备本身',
    wrong: { number: '读到的不是数字；应为如 111.95231 的十进制度', both: '经度和纬度要一起填，或都不填', lng: '经度应在 −180 到 180 之间', lat: '纬度应在 −90 到 90 之间' }, refused: '读到“{read}”；应为{expected}',
    clash: '{who} 在 {at} 先保存了一次。', clashUnknown: '有人先保存了一次。', kept: '您的改动都还在，尚未保存。', taken: '您没动的已换成新的：{fields}。', both: '两边都改了：{fields}，请看一眼再保存。', theirs: '对方填的是：{value}',
  },
  reveal: {
    show: '查看明文', hide: '收起', purpose: '用途', reason: '理由', example: '如：水位计失联，联系责任人到场', note: '只显示一分钟；谁在何时因何查看，记入审计。', do: '查看', cancel: '取消',
    purposes: { repair: '联系设备责任人', emergency: '应急处置', handle_case: '办理事项', call_back: '回访核实' },
  },
  datum: { cgcs2000: 'CGCS2000（国家 2000）', wgs84: 'WGS-84（手机、GPS）', gcj02: 'GCJ-02（高德、腾讯）', bd09: 'BD-09（百度）' },
  importer: {
    title: '导入设备清单', device: '设备编号', choose: '选择文件', another: '换一个文件', drop: '或把文件拖到这里：CSV、GeoJSON、XLSX，最大 10 MB', theme: '专题', inFile: '以文件为准', columns: '表头用中文或英文均可：设备编号（必填）、专题、类型、名称、责任部门、区域、分组、经度、纬度、坐标系、网关、厂家、型号、序列号、安装日期、质保到期、联系人、标签。先检查，不写入。',
    format: '认不出“{name}”的格式；应为 .csv、.geojson 或 .xlsx', big: '文件 {size}，超过上限 {most}', unreadable: '文件读不出来，可能在选择之后改过；请重新选择', checking: '正在检查…', rows: '行', created: '将新增', changed: '将修改', wasCreated: '已新增', wasChanged: '已修改', unchanged: '不变', mistakes: '处错误',
    nothing: '什么都没有写入。', mend: '改好文件后重新选择即可。', same: '与台账完全一致，没有要写入的。', ready: '检查通过，可以导入。', done: '已导入。', line: '行', column: '列', read: '读到', expected: '应为', blank: '空', more: '另有 {n} 处未列出', go: '导入 {n} 台', goNone: '导入', importing: '正在导入…', finish: '完成',
  },
  label: { title: '设备标签', short: '标签', back: '返回设备页', print: '打印', note: '贴在设备上：用手机自带的相机扫一扫，就打开这台设备的调试页。标签里没有密钥。', local: '现在的地址只在本机有效，手机扫不开。请用枢纽在网络中的地址打开本页后再打印。', code: '{id} 的二维码' },
  commission: {
    title: '现场调试', short: '现场调试', message: '测试报文', waiting: '正在等待测试报文', waited: '已等 {time}', trigger: '请让设备上报一次，例如重新上电', rejected: '收到了，但被拒收', seen: '已收到', again: '再等一条', entry: '登记', place: '位置', state: '现在的状态',
    unknown: '枢纽还不认识这个编号；收到第一条报文或登记以后就有了。', pending: '已来报，还不参与指标、告警与大屏。', registered: '已登记的坐标', noPlace: '还没有坐标', accuracy: '误差约 {n} 米', moved: '距已登记的坐标 {n} 米', placed: '位置已保存', savePlace: '保存这个位置', locating: '正在定位…', relocate: '重新定位', locate: '用手机定位',
    denied: '没有得到定位许可。请在浏览器设置中允许，或在设备页手工填写坐标。', slow: '20 秒内没有定到位。请到开阔处再试。', noFix: '现在定不了位。', insecure: '浏览器只在 HTTPS 下提供定位。', byHand: '手工填写坐标',
  },
  maintenance: {
    title: '运维看板', causes: '共同原因', causesNote: '看不见的设备有什么共同之处', noCause: '{n} 台看不见的设备没有明显的共同之处', see: '看是哪些', by_gateway: '按网关', by_area: '按区域', by_vendor: '按厂家', by_kind: '按类型', allLive: '全部在线', nokey: '未填',
    cause_likely: '{what} 的 {total} 台里有 {silent} 台从 {at} 起先后看不见了，已 {time}：多半是它的问题，先查这里。', cause_possible: '{what} 的 {total} 台里有 {silent} 台看不见，最早自 {at}，已 {time}：可能有关。', of_gateway: '经网关 {name}', of_vendor: '厂家 {name}', of_area: '{name}', of_link: '经链路 {name}',
    batteries: '电池预测', batteriesNote: '最先耗尽的在前', device: '设备', value: '电量', perDay: '每天', empty: '还能用', read: '读数', days: '{n} 天', about: '约到 {day}', thisWeek: '本周更换', noForecast: '看不出趋势', noBattery: '没有设备上报电池', last: '最后来报', lastNote: '沉默最久的在前', all: '全部 {n} 台',
  },
}
