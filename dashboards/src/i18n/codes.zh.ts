// Stable codes of the hub in Chinese words: why a command is not done, what a link counted, why bytes are no frame. A code that
// does not stand here is shown as it is.
export const codesZh = {
  orderCode: {
    not_connected: '设备现在没有连上', timeout: '设备没有应答，不能确定是否已做', refused: '设备拒绝', denied: '设备否认', busy: '设备正忙', connection_lost: '等应答时连接断了，不能确定是否已做', no_way: '最后来报的链路不下达指令', bad_param: '参数不对', unknown_command: '这种设备不认识这条指令', outcome_unknown: '发出后枢纽重启，不知设备做了没有', expired: '轮到它时已经过期', too_long: '指令太长，一帧装不下', no_answer: '无人应答', not_here: '设备没有这一项',
    bad_password: '访问密码不对', bad_mn: '设备编号不对', bad_st: '系统类型不对', bad_flag: '标志位不对', bad_qn: '请求编号不对', bad_cn: '设备不认识这条命令', bad_crc: '设备说校验不对', unknown_error: '设备说未知错误', failed: '设备执行失败，没有说原因', condition: '设备说条件不符', device_timeout: '设备与它的仪表通讯超时', fault: '设备故障', no_data: '设备没有这段数据', unknown_result: '设备的回答认不出', crc: '应答校验不对', stopped: '链路停止了',
  },
  deviation: {
    crc: 'CRC 不对', checksum: '校验和不对', length: '长度不对', length_field: '长度字段不实', length_crc: '长度与 CRC 都不对', end_mark: '结束符不对', end_mark_missing: '缺结束符', silent: '太久不说话，断开', closed: '对方断开', connection_lost: '连接断了', peers_full: '连接数已满', unfinished_too_large: '不成帧的太长，断开', datagram_dropped: '数据报丢弃', broken: '处理出错，断开',
    address_changed: '设备换了地址', implausible: '数值不合情理', gap_asked: '请设备补传', gap_unanswered: '补传无应答', gap_refused: '补传被拒', answer_not_taken: '应答发不出去', stopped: '枢纽停止', garbage: '帧外的杂字节', timeout: '设备没有应答', not_durable: '暂时存不下，未确认',
    request_resent: '请求重发', command_resent: '指令重发', unexpected_answer: '不合时宜的应答', unasked_answer: '没问过的应答', unasked_confirm: '没问过的确认', unasked_deny: '没问过的否认', answer_serial: '应答流水号不符', clock_off: '设备时钟不准', clock_set: '已给设备对时', clock_not_set: '对时没有成功',
    packet_asked: '请设备补包', repeated_packet: '重复的包', split_incomplete: '分包没有收齐', transfer_given_up: '多包传输放弃', stations_full: '测站数已满', too_many_stations: '一条连接上测站太多', too_many_addresses: '一条连接上地址太多',
    size: '数据段过长', crc_case: 'CRC 用了小写', crc_digits: 'CRC 少了前导零', encoding: '不是 UTF-8', no_qn: '没有请求编号', qn_form: '请求编号格式不对', st_form: '系统编码格式不对', cn_form: '命令编码格式不对', pw_form: '密码格式不对', no_mn: '没有设备编号', mn_form: '设备编号格式不对', flag_form: '标志格式不对', version: '版本较新', no_packet_number: '缺包号', pn_in_cp: '包号写在 CP 里',
    unknown_field: '多余的字段', no_cp: '没有 CP', cp_marks: 'CP 的 && 不对', empty_cp: 'CP 为空', tail_separator: '多余的分隔符', item_form: '不是“名=值”', doubled_suffix: '后缀重复', space: '名称前后有空格', time_digits: '数据时间位数不对', packet: '分包号不对', digit: '不是应有的数字', group: '要素组读不下去', object_size: '信息对象长度不对', text_length: '说明文字长度不对',
  },
  fault: {
    crc: 'CRC 校验不对', checksum: '校验和不对', length: '长度不对', length_crc: '长度与 CRC 都不对', end_mark: '结束符不对', end_mark_missing: '缺结束符', packet: '分包号不对', digit: '不是应有的数字', group: '要素组读不下去', object_size: '信息对象长度不对', text_length: '说明文字长度不对', unfinished: '帧不完整，后面缺字节', garbage: '不属于任何帧的字节',
  },
}
