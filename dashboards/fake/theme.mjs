// The theme of the fake hub, water, in the shape of GET /api/v1/themes, and the same under other names for tests of a full
// wall. Invented for tests and development; the real themes live in topics/.

const text = (zh, en) => ({ zh, en })
const metric = (id, zh, en, unit, precision, min, max, states = {}) => ({ id, name: text(zh, en), unit, precision, min, max, states })
const kind = (id, zh, en, metrics) => ({
  id, name: text(zh, en), expected_interval_s: 10, stale_after_s: 30, offline_after_s: 60, metrics,
})
/** A step of a ladder; `hours` such as ['22:00', '06:00', 1, 2, 3, 4, 5]. */
const step = (severity, raise, clear, hours) => ({ severity, raise, clear, hours: hours ? { from: hours[0], to: hours[1], ...(hours.length > 2 && { days: hours.slice(2) }) } : null })
const rule = (id, zh, en, kind, signal, steps, source, more = {}) => {
  const { what = 'value', metric = null, ...rest } = typeof signal === 'string' ? { metric: signal } : signal
  return {
    id: `water.${id}`, version: 1, name: text(zh, en), kinds: kind ? [kind].flat() : [], devices: [], groups: [], areas: [], metric, signal: { what, ...(metric && { metric }), ...rest },
    direction: 'above', steps, for_s: 0, hold_s: 0, repeat: null, source, certainty: 'B', ...more,
  }
}

export const KINDS = [
  kind('river_level', '河道水位站', 'River gauge', [metric('level', '水位', 'Level', 'm', 2, -5, 30)]),
  kind('waterlogging', '内涝积水点', 'Road flooding sensor', [metric('depth', '积水深度', 'Depth', 'cm', 1, 0, 200)]),
  kind('rain_gauge', '雨量站', 'Rain gauge', [metric('rain_1h', '1 小时雨量', 'Rain, 1 h', 'mm', 1, 0, 200)]),
  kind('reservoir', '水库水位站', 'Reservoir gauge', [metric('storage', '蓄水位', 'Storage level', 'm', 2, 0, 90)]),
  kind('pump_station', '排涝泵站', 'Pump station', [
    metric('run', '运行状态', 'State', '', 0, 0, 2, { 0: text('停机', 'stopped'), 1: text('运行', 'running'), 2: text('故障', 'fault') }),
    metric('flags', '告警字', 'Alarm bits', '', 0, 0, 255),
    metric('flow', '流量', 'Flow', 'm³/s', 2, 0, 40),
  ]),
]

const OWN = '演示设定，无标准条文 | demo setting, no clause'
/** One of each kind of signal at least; those on values are judged by the fake itself (alarms.mjs). */
export const RULES = [
  rule('river', '河道水位超警戒', 'River above warning level', 'river_level', 'level', [step('important', 5.5, 5.3), step('critical', 7, 6.8)], '示例：《广东省水文水位警戒值》《保证值》（演示数值）', { for_s: 60, hold_s: 30 }),
  rule('river_rise', '河道水位猛涨', 'River rises fast', 'river_level', { what: 'change', metric: 'level', over_s: 600 }, [step('important', 0.5, 0.3), step('urgent', 1, 0.8)], OWN, { certainty: 'C' }),
  rule('river_stuck', '河道水位死值', 'River gauge stuck', 'river_level', { what: 'stuck', metric: 'level', tolerance: 0 }, [step('general', 3_600, 3_599)], OWN, { certainty: 'C', devices: ['W-RL-009', 'W-RL-010'] }),
  rule('flood', '上游降雨叠加高水位', 'Rain upstream on a high river', 'river_level', { what: 'expression', cel: 'level > 5.0 && rain >= 20.0', inputs: { level: { metric: 'level', over_s: 0, how: 'avg' }, rain: { metric: 'rain_1h', device: 'W-RG-005', over_s: 600, how: 'max' } } }, [step('urgent', 1, 0)], OWN, { certainty: 'C' }),
  rule('waterlog_urgent', '道路积水严重', 'Deep road flooding', 'waterlogging', 'depth', [step('urgent', 27, 22)], '示例：《城镇内涝防治技术规范》GB 51222（演示数值）', { certainty: 'A' }),
  rule('waterlog_general', '道路积水', 'Road flooding', 'waterlogging', 'depth', [step('general', 15, 12)], '示例：《城镇内涝防治技术规范》GB 51222（演示数值）', { certainty: 'A' }),
  rule('waterlog_night', '夜间积水', 'Road flooding at night', 'waterlogging', 'depth', [step('general', 13, 12, ['22:00', '06:00', 1, 2, 3, 4, 5])], OWN, { certainty: 'C', areas: ['441702'] }),
  rule('rain_heavy', '短时强降雨', 'Heavy rain', 'rain_gauge', 'rain_1h', [step('important', 20, 16)], '示例：GB/T 28592 降水量等级', { certainty: 'A', repeat: { times: 3, of: 5 } }),
  rule('rain_jump', '雨量跳变', 'Rain jumps', 'rain_gauge', { what: 'spike', metric: 'rain_1h', of: 5 }, [step('general', 30, 25)], OWN, { certainty: 'C' }),
  rule('rain_drift', '雨量偏离邻站', 'Rain differs from its neighbours', 'rain_gauge', { what: 'against', metric: 'rain_1h', others: 'area', over_s: 3_600 }, [step('general', 15, 12)], OWN, { certainty: 'C' }),
  rule('silent', '设备失联', 'Device silent', ['pump_station', 'reservoir'], { what: 'silence' }, [step('general', 600, 599), step('important', 3_600, 3_599)], OWN, { certainty: 'C' }),
  rule('pump_fault', '泵站故障', 'Pump fault', 'pump_station', { what: 'state', metric: 'run', states: [2] }, [step('important', 1, 0)], OWN, { certainty: 'C', for_s: 30 }),
  rule('pump_bits', '泵站告警位', 'Pump alarm bits', 'pump_station', { what: 'bits', metric: 'flags', mask: 6 }, [step('general', 1, 0)], OWN, { certainty: 'C' }),
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
