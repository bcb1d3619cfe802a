// Every word of the interface in Chinese, the source language. Texts that come from themes and devices are not here.
import { adminZh } from './admin.zh'
import { codesZh } from './codes.zh'
import { commandsZh } from './commands.zh'
import { deskZh } from './desk.zh'
import { framesZh } from './frames.zh'
import { healthZh } from './health.zh'
import { loginZh } from './login.zh'
import { receiversZh } from './receivers.zh'
import { rightsZh } from './rights.zh'

export const zh = {
  ...healthZh,
  ...deskZh,
  ...codesZh,
  ...commandsZh,
  ...framesZh,
  ...loginZh,
  ...rightsZh,
  ...receiversZh,
  ...adminZh,
  app: { centre: '{district}城市运行中心', sub: '城枢 · 一网统管', demo: '演示数据', skip: '跳到告警列表' },
  judge: {
    calm: '总体平稳', controlled: '总体可控', watch: '需要关注', act: '需立即处置', blind: '暂时无法判断',
    none: '无待处置告警', count: '{n} 件{severity}', unseen: '{n} 台设备看不到', cut: '{n} 条接入链路断开', more: '到“运行健康”查看',
  },
  meta: {
    devices: '在线设备', lag: '数据时延', clock: '主机时钟未同步', clockUnknown: '时钟同步状态未知', p95: 'p95',
  },
  severity: { critical: '特急', urgent: '紧急', important: '重要', general: '一般' },
  state: { live: '在线', stale: '数据陈旧', offline: '离线', never: '从未上报' },
  link: { up: '已连接', connecting: '连接中', down: '已断开' },
  quality: {
    out_of_range: '超量程', late: '迟到', future: '时间超前', suspect: '可疑', estimated: '估计',
    derived: '推算', maintenance: '检修', corrected: '已更正',
  },
  switch: { day: '日间', night: '夜间', lang: 'English' },
  themes: {
    title: '城市体征', note: '灰带 = 正常区间', minutes: '近 {n} 分钟', hours: '近 {n} 小时', from: '{live}/{total} 台',
    broken: '主题未能加载：{reason}', none: '无可用数据', rest: '另 {n} 项', hidden: '另有 {n} 个专题未列出', seen: '在线 {live} / 全部 {total} 台', trend: '{name}，{span}走势',
  },
  map: {
    title: '全区态势', legend: '图例', home: '回到全区', sources: '界线：天地图 {review} · 海岸线 GSHHG · 地名 GeoNames',
    lost: '地图绘制中断，正在恢复', unplaced: '{n} 台设备无坐标，未上图',
  },
  card: {
    title: '设备详情', close: '关闭', since: '自 {time} 起', heard: '最后来报 {ago}', unheard: '从未来报',
    assumed: '（推定）', link: '链路', gateway: '经网关 {id}', rule: '依据：{source}', none: '尚无读数',
    certainty: '可信度 {c}',
  },
  links: {
    title: '接入链路', up: '{n} / {total} 已连接', name: '链路', state: '状态', rate: '速率', lag: '时延 p95', devices: '在线',
    last: '最近到达', unplaced: '未定位设备 {n} 台', unplacedNote: '无坐标，不在图上', quiet: '本次启动后尚无数据到达', rejected: '拒收 {n}', perSecond: '条/秒',
  },
  today: {
    title: '今日告警', note: '按发生时刻 · 15 分钟 · 灰 = 已恢复', total: '累计', now: '此刻',
    aria: '今日告警按 15 分钟分布，累计 {n} 条',
  },
  alarms: {
    title: '待处置告警', note: '按紧急程度', empty: '当前无告警', emptyNote: '没有规则处于告警状态', paused: '数据入库之前不作判断，新告警会晚到', blind: '此刻收不到多数设备的数据，没有新告警不等于平安',
    above: '高于限值', below: '低于限值', limit: '限值', more: '另有 {n} 条未列出', rateUnit: '条 / 近 10 分钟',
    calm: '从容', manageable: '可应付', flood: '泛滥',
    aria: '近 10 分钟新增 {n} 条告警，{level}', source: '规则：{rule}\n依据：{source}\n可信度：{certainty}', notLive: '末次', atRaise: '告警时',
    changeOver: '{time}变化', change: '变化', stuck: '{time}未变化', spike: '偏离中位数', jump: '跳变 {value}', silent: '已 {time}无数据', heardAgain: '刚又收到数据', within: '限 {time}',
    others: { all: '同类设备', gateway: '同网关', area: '同区' }, higher: '比{others}均值高', lower: '比{others}均值低', high: '偏高 {value}', low: '偏低 {value}', bits: '第 {bits} 位为 1', noBits: '各位已回 0',
    worst: '曾达 {severity}', waited: '持续 {time}后告警',
  },
  theme: {
    title: '专题页', centre: '{theme} · {district}城市运行中心', wall: '大屏', all: '全区', nav: '专题', unknown: '没有专题“{id}”', broken: '本专题未能加载，其他专题不受影响',
    panel: 'screen.json 写了面板“{name}”；可用的有 {known}',
  },
  figures: { title: '体征指标', note: '灰带 = 正常区间', band: '正常', bandNone: '未声明正常区间', limits: '限值', limitsNone: '此项未设限值', certainty: '可信度 {c}', seen: '{live}/{total} 台给出', unseen: '{n} 台看不到' },
  kindstates: { title: '设备分类', note: '此刻', kind: '类型', total: '合计', sum: '本专题' },
  hours: {
    title: '近 24 小时', note: '{name} · 每小时均值', noteMax: '{name} · 每小时最高', noteMin: '{name} · 每小时最低', choose: '指标', high: '越高越亮', low: '越低越亮', none: '尚无整小时的数据', more: '另有 {n} 台', over: '越过限值', nothing: '未测到',
    aria: '{device}：{name}近 24 小时，当前 {value}', now: '此刻', scale: '{low} 至 {high} {unit}', highDay: '越高越深', lowDay: '越低越深',
  },
  unplaced: { title: '未定位设备' },
  limits: { title: '限值与依据', note: '{n} 条规则', rule: '规则', kind: '适用', raise: '何时告警、何时恢复', source: '依据', certainty: '可信度', above: '≥ {value}', below: '≤ {value}', is: '“{value}”', A: '见过原文', B: '通行、未核原文', C: '地方做法' },
  rule: {
    and: '、', days: '{from}至{to}', onDays: '{clock}（{days}）', others: { all: '其他同类设备', gateway: '同网关其他设备', area: '同区其他设备' },
    rises: '{time}内升高 {limit}', falls: '{time}内降低 {limit}', changes: '{time}内变化 {limit}', stuck: '{time}不变', stuckWithin: '{time}变动不超过 {tolerance}',
    spike: '偏离前 {of} 次中位数 {limit}', silence: '超过 {time}无数据', state: '状态为 {states}', bits: '第 {bits} 位为 1 | 第 {bits} 位任一为 1',
    higher: '比{others}均值高 {limit}', lower: '比{others}均值低 {limit}', differs: '与{others}均值之差 {limit}', meanOf: '{time}均值{said}', true: '下式成立', result: '下式结果 {limit}',
    over: '{limit} 恢复', overMoved: '数值变动即恢复', overHeard: '收到数据即恢复', for: '持续 {time}', hold: '恢复须保持 {time}', repeat: '{of} 次中 {times} 次',
    ofDevice: '{device} · {metric}', window: '{of}，近 {time}{how}', how: { avg: '均值', sum: '合计', max: '最大值', min: '最小值' },
    everyKind: '所有测“{metric}”的设备', everyDevice: '本专题所有设备', everyInput: '所需各项都测的设备', devices: '仅 {names}', groups: '仅分组 {names}', areas: '仅区域 {names}', some: '部分设备',
  },
  weekday: { 1: '周一', 2: '周二', 3: '周三', 4: '周四', 5: '周五', 6: '周六', 7: '周日' },
  kinds: { title: '设备可见度', note: '在线 / 全部', unknown: '类型未知', more: '另有 {n} 类' },
  ended: { title: '今日已恢复', note: '最近恢复在前', empty: '今日尚无告警恢复', span: '持续 {time}' },
  unseen: {
    title: '当前看不到', note: '不在线的设备', empty: '全部设备在线', more: '另有 {n} 台',
    since: '自 {time}', stale: '陈旧 {n}', offline: '离线 {n}', never: '从未 {n}',
    by: { last_will: '遗嘱', gateway: '网关', link: '链路' },
  },
  banner: {
    frozen: '数据流中断 {time}', frozenNote: '画面停在 {at}', retry: '{n} 秒后重试', unauthorized: '密钥无效或已吊销，画面停在最后一刻',
    reconnecting: '重连中', now: '立即重试',
  },
  key: {
    title: '输入访问密钥', label: '访问密钥', hint: '启动城枢时，终端会打印带密钥的地址；整行粘贴也可以。', enter: '进入',
    wrong: '这个密钥没有被接受，请核对。', waiting: '正在连接 {host} …', unreachable: '尚未连上 {host}，正在重试。', change: '更换密钥',
  },
  panel: { broken: '此面板出错，其他面板不受影响', retry: '每 10 秒自动重试' },
  span: { s: '{n} 秒', m: '{n} 分钟', h: '{n} 小时', hm: '{h} 小时 {m} 分', dh: '{d} 天 {h} 小时', d: '{n} 天' },
  age: { now: '刚刚', ago: '{age}前', s: '{n} 秒', m: '{n} 分', h: '{n} 时', hm: '{h} 时 {m} 分', d: '{n} 天', future: '时间超前' },
}

export type Messages = typeof zh
