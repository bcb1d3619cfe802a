// The words of the page where technicians try frames of field protocols by hand, in Chinese.
export const framesZh = {
  frames: {
    title: '报文解析', note: '只在这里试，什么都不入库', nav: '解析或编码', decode: '解析', encode: '编码', protocol: '规约', form: '粘贴的是', hex: '十六进制', text: '文本', input: '报文', inputHint: '可带空格、换行、冒号、0x', textHint: '原样粘贴，包括开头的 ##', received: '到达时间', receivedNote: '可不填，缺省为现在；离它太远的时间会被拒收', go: '解析', going: '正在解析…', example: '填入示例', clear: '清空',
    open: '去解析', names: { sl651: 'SL 651-2014 水文', gb26875: 'GB/T 26875.3 消防', hj212: 'HJ 212 污染源' },
    found: '{n} 帧', foundBad: '{n} 帧，其中 {bad} 处有错', none: '没有读到帧', ok: '第 {n} 帧', bad: '第 {n} 处有错', at: '第 {n} 字节起', offset: '错在第 {n} 字节（从 0 数，十六进制 {hex}）', past: '错在末尾：第 {n} 字节应有而没有', readings: '读数', noReadings: '没有读数', events: '事件', rejected: '不会入库的', fields: '字段', bytes: '字节', take: '拿去编码', reading: { device: '设备', metric: '指标', value: '值', unit: '单位', at: '时间', quality: '质量' }, event: { kind: '类别', severity: '级别', key: '去重键', detail: '内容' }, good: '良好',
    item: '第 {n} 项', empty: '空', count: '{n} 项',
    wrong: { empty: '请先粘贴报文', odd: '十六进制数字的个数是奇数，少了半个字节', digit: '第 {n} 个字符“{c}”不是十六进制数字', big: '超过 64 KiB，请截短', json: 'JSON 读不懂：{why}', noFrame: '请先填写帧的 JSON', time: '应为日期和时间' },
    frame: '帧（JSON）', frameHint: '与解析结果里“字段”的 JSON 相同；长度和校验由枢纽重新计算', encodeGo: '编码', encoding: '正在编码…', bytesOut: '{n} 字节', textOut: '文本', copy: '复制', copied: '已复制', copyFailed: '浏览器不让复制，请选中后手工复制', check: '拿去解析', taken: '已从解析结果取来一帧',
    key: {
      form: '编码', direction: '方向', direction_nibble: '方向标识', center: '中心站地址', station: '遥测站地址', password: '密码', function: '功能码', function_zh: '功能', function_en: '功能（英文）', body_length: '正文长度', start: '起始符', end: '结束符', crc: '校验码', serial: '流水号', send_time: '发报时间', elements: '要素', observe_time: '观测时间', packets: '包总数', packet: '包序号', body: '正文', raw: '原文', kind: '种类', code: '编码', adcode: '行政区划', number: '编号', version_bytes: '版本', time: '时间', src_hex: '源地址', dst_hex: '目的地址', app_length: '应用数据长度', command: '命令', checksum: '校验和', app: '应用数据单元', type: '类型', count: '对象数', objects: '信息对象', length: '长度', QN: '请求编码', ST: '系统编码', CN: '命令编码', PW: '密码', MN: '设备标识', Flag: '标志', CP: '指令参数', Flag_bits: '标志位', DataTime: '数据时间',
      id: '编号', name: '名称', value: '值', def: '数据定义', len: '字节数', dec: '小数位', class: '站类', sys_type: '系统类型', sys_addr: '系统地址', comp_type: '部件类型', comp_addr_hex: '部件地址', zone: '分区', position: '位号', state: '状态', bits: '置位', text: '说明', unit: '单位', values: '各值', metric: '指标',
    },
  },
}
