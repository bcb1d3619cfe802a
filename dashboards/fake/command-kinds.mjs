// What the fake field devices can be asked: a part of SL 651-2014, named as the hub's adapter names it.
const text = (name, name_zh, name_en, required = true) => ({ name, name_zh, name_en, form: 'text', range: null, required })
const whole = (name, name_zh, name_en, range, required = true) => ({ name, name_zh, name_en, form: 'whole', range, required })
const time = (name, name_zh, name_en) => ({ name, name_zh, name_en, form: 'time', range: null, required: true })
const kind = (name, name_zh, name_en, code, params = [], dangerous = false) => ({ name, name_zh, name_en, source: `SL 651-2014, function ${code}`, dangerous, params })

export const KINDS = [
  kind('read_now', '查询实时数据', 'Read values now', '37'),
  kind('read_period', '查询时段数据', 'Read values of a period', '38', [time('from', '起始时间（小时）', 'from, to the hour'), time('to', '结束时间（小时）', 'to, to the hour'), text('element', '要素，如 Z 或 39', 'element, e.g. Z or 39'), whole('step', '时间步长（分钟）', 'step, min', [0, 43_200], false)]),
  kind('read_elements', '查询指定要素实时数据', 'Read named elements now', '3A', [text('elements', '要素，如 Z,VT', 'elements, e.g. Z,VT or 39,38')]),
  kind('read_run', '读取运行参数', 'Read run configuration', '43', [text('items', '参数标识，如 20,28', 'identifiers, e.g. 20,28', false)]),
  kind('write_run', '修改运行参数', 'Write run configuration', '42', [text('items', '参数=值，如 20=1', 'identifier=number, e.g. 20=1')]),
  kind('read_version', '查询软件版本', 'Read software version', '45'),
  kind('read_status', '查询状态和报警', 'Read status and alarms', '46'),
  kind('read_clock', '查询时钟', 'Read clock', '51'),
  kind('set_clock', '设置时钟', 'Set clock', '4A'),
  kind('clear_storage', '初始化固态存储', 'Clear storage', '47', [], true),
  kind('factory_reset', '恢复出厂设置', 'Factory reset', '48', [], true),
  kind('set_password', '修改密码', 'Change password', '49', [text('password', '新密码，四位十六进制数', 'new password, four hexadecimal digits')], true),
  kind('pump', '控制水泵开关', 'Switch pumps', '4C', [text('states', '各台状态，1开0关，如 1,0', 'states from number 1 on, 1 is on: e.g. 1,0')], true),
]
