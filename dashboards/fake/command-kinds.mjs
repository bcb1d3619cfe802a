// What the fake field devices can be asked: a part of SL 651-2014, as the hub would list it.
const text = (name, name_zh, name_en, required = true) => ({ name, name_zh, name_en, form: 'text', range: null, required })
const whole = (name, name_zh, name_en, range, required = true) => ({ name, name_zh, name_en, form: 'whole', range, required })
const time = (name, name_zh, name_en) => ({ name, name_zh, name_en, form: 'time', range: null, required: true })
const kind = (name, name_zh, name_en, code, params = [], dangerous = false) => ({ name, name_zh, name_en, source: `SL 651-2014, function ${code}`, dangerous, params })

export const KINDS = [
  kind('read_now', '查询实时数据', 'Read now', '37'),
  kind('read_period', '查询时段数据', 'Read a period', '38', [time('from', '开始时间', 'From'), time('to', '结束时间', 'To'), whole('minutes', '步长（分钟）', 'Step, min', [1, 1440], false), text('element', '要素标识符', 'Element', false)]),
  kind('read_version', '查询软件版本', 'Read version', '45'),
  kind('read_status', '查询状态和报警', 'Read status', '46'),
  kind('read_clock', '查询时钟', 'Read clock', '51'),
  kind('set_clock', '设置时钟', 'Set clock', '4A'),
  kind('control_pump', '控制水泵', 'Control a pump', '4C', [whole('pump', '水泵序号', 'Pump', [1, 8]), whole('on', '开 1 / 停 0', 'On 1, off 0', [0, 1])]),
  kind('clear_storage', '初始化固态存储', 'Clear storage', '47', [], true),
  kind('factory_reset', '恢复出厂设置', 'Factory reset', '48', [], true),
  kind('set_password', '修改密码', 'Set password', '49', [text('password', '新密码（4 位十六进制）', 'New password, 4 hex digits')], true),
]
