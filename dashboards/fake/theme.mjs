// The theme of the fake hub, water, in the shape of GET /api/v1/themes, and the same under other names for tests of a full
// wall. Invented for tests and development; the real themes live in topics/.

const text = (zh, en) => ({ zh, en })
const metric = (id, zh, en, unit, precision, min, max, states = {}) => ({ id, name: text(zh, en), unit, precision, min, max, states })
const kind = (id, zh, en, metrics) => ({
  id, name: text(zh, en), expected_interval_s: 10, stale_after_s: 30, offline_after_s: 60, metrics,
})
const rule = (id, zh, en, k, m, severity, raise, clear, source, certainty = 'B', direction = 'above') => ({
  id: `water.${id}`, version: 1, name: text(zh, en), kind: k, metric: m, severity, direction, raise, clear, source, certainty,
})

export const KINDS = [
  kind('river_level', '河道水位站', 'River gauge', [metric('level', '水位', 'Level', 'm', 2, -5, 30)]),
  kind('waterlogging', '内涝积水点', 'Road flooding sensor', [metric('depth', '积水深度', 'Depth', 'cm', 1, 0, 200)]),
  kind('rain_gauge', '雨量站', 'Rain gauge', [metric('rain_1h', '1 小时雨量', 'Rain, 1 h', 'mm', 1, 0, 200)]),
  kind('reservoir', '水库水位站', 'Reservoir gauge', [metric('storage', '蓄水位', 'Storage level', 'm', 2, 0, 90)]),
  kind('pump_station', '排涝泵站', 'Pump station', [
    metric('run', '运行状态', 'State', '', 0, 0, 2, { 0: text('停机', 'stopped'), 1: text('运行', 'running'), 2: text('故障', 'fault') }),
    metric('flow', '流量', 'Flow', 'm³/s', 2, 0, 40),
  ]),
]

export const RULES = [
  rule('river_warning', '河道水位超警戒', 'River above warning level', 'river_level', 'level', 'important', 5.5, 5.3, '示例：《广东省水文水位警戒值》（演示数值）'),
  rule('river_guarantee', '河道水位超保证', 'River above guarantee level', 'river_level', 'level', 'critical', 7, 6.8, '示例：《广东省水文水位保证值》（演示数值）'),
  rule('waterlog_urgent', '道路积水严重', 'Deep road flooding', 'waterlogging', 'depth', 'urgent', 27, 22, '示例：《城镇内涝防治技术规范》GB 51222（演示数值）', 'A'),
  rule('waterlog_general', '道路积水', 'Road flooding', 'waterlogging', 'depth', 'general', 15, 12, '示例：《城镇内涝防治技术规范》GB 51222（演示数值）', 'A'),
  rule('rain_heavy', '短时强降雨', 'Heavy rain', 'rain_gauge', 'rain_1h', 'important', 20, 16, '示例：GB/T 28592 降水量等级', 'A'),
]

const kpi = (id, zh, en, unit, precision, band) => ({ id, name: text(zh, en), unit, precision, band, band_source: '近 30 日 5%–95% 分位（演示）' })
export const KPIS = [
  { ...kpi('river_max', '河道最高水位', 'Highest river level', 'm', 2, [1.2, 4.6]), of: ['river_level', 'level', 'max'] },
  { ...kpi('waterlog_max', '最大积水深度', 'Deepest road flooding', 'cm', 1, [0, 12]), of: ['waterlogging', 'depth', 'max'] },
  { ...kpi('rain_max', '最大 1 小时雨量', 'Heaviest hourly rain', 'mm', 1, [0, 12]), of: ['rain_gauge', 'rain_1h', 'max'] },
  { ...kpi('rain_avg', '全区平均雨量', 'Mean hourly rain', 'mm', 1, [0, 8]), of: ['rain_gauge', 'rain_1h', 'avg'] },
  { ...kpi('reservoir_avg', '水库平均蓄水位', 'Mean reservoir level', 'm', 2, [38, 46]), of: ['reservoir', 'storage', 'avg'] },
  { ...kpi('pump_flow', '泵站总流量', 'Total pump flow', 'm³/s', 2, [10, 60]), of: ['pump_station', 'flow', 'sum'] },
]

const SCREEN = { kpis: KPIS.map((k) => k.id), texts: { 'zh-CN': { title: '智慧水利', description: '河道、潮位、雨量、内涝、水库与排涝泵站的实时监测' }, en: { title: 'Water', description: 'Rivers, rain, road flooding, reservoirs and pumps as they are now' } } }

export const THEME = {
  id: 'water', name: text('智慧水利', 'Water'), version: '1', error: null, kinds: KINDS, rules: RULES,
  kpis: KPIS.map(({ of: [kind, metric, aggregate], ...k }) => ({ ...k, kind, metric, aggregate })), screen: SCREEN,
}

/** Names as long as the real ones, so that what does not fit is seen. */
const MORE = [
  ['fire', '智慧消防', 'Fire safety'], ['housing', '智慧住建', 'Smart housing'], ['service', '政务服务', 'Government services'], ['urban', '城市管理', 'Urban management'],
  ['park', '数字园区', 'Digital industrial parks'], ['commerce', '电商管理', 'E-commerce'], ['education', '数字教育', 'Digital education'], ['rural', '数字乡村', 'Digital countryside'],
  ['safety', '平安江城', 'Safe Jiangcheng'], ['air', '生态环境', 'Environment'], ['traffic', '交通运输', 'Transport'],
]
export const themes = (n) => [THEME, ...MORE.map(([id, zh, en]) => ({ ...THEME, id, name: text(zh, en), screen: { kpis: SCREEN.kpis } }))].slice(0, n)
