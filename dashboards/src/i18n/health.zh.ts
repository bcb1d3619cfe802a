// The words of the health page in Chinese: what cannot be seen, the ledger, what was set aside, backups.
export const healthZh = {
  health: {
    title: '运行健康', sub: '给维护人员', wall: '返回大屏', nav: '运行健康的三个部分', skip: '跳到内容', centre: '运行健康 · {district}',
    refreshed: '每 {n} 秒刷新 · {at}', waiting: '正在读取…', failed: '读取失败', timeout: '枢纽 10 秒没有回答', unreachable: '连不上枢纽', lastGood: '下面是 {at} 的内容，不是现在的', retry: '自动重试中', more: '再显示 {n} 条', all: '全部',
    theme: '主题', link: '链路', device: '设备', search: '按编号或名称查找', none: '–',
  },
  storage: {
    away: '数据库中断 {time}', starting: '数据库尚未就绪 {time}', disk_full: '数据库磁盘已满 {time}', full: '暂存已满，停止确认', failing: '暂存写不进去，停止确认', draining: '正在补写…', spooling: '数据库跟不上，先入暂存',
    held: '已暂存 {n} 条', left: '剩余 {n} 条', receiving: '正常接收', oldest: '最早一条 {at}', lost: '累计损坏丢失 {n} 份', fill: '暂存占用 {n}',
    note: '带虚线的数值尚未入库', still: '历史与统计暂停更新', unstored: '尚未入库', alarm: '特急',
    database: '数据库', up: '正常', gone: '中断 {time}', spool: '暂存', empty: '空', size: '{used} / {max}',
  },
  board: {
    title: '看不见的', note: '现在看不到的一切，失联最久的在前', database: '数据库', link: '接入链路', device: '设备', noTheme: '未归主题',
    what: '对象', why: '为什么', since: '已看不见', heard: '最后听到', deadline: '时限', from: '时限依据',
    empty: '现在没有看不见的东西', emptyNote: '数据库、链路和全部设备都看得见', noMatch: '没有符合筛选的', shown: '已读入 {n} / {total}', partial: '只在已读入的 {n} 项中查找',
    never: '从未', stale: '数据陈旧', offline: '离线', down: '已断开', connecting: '连接中', allThemes: '全部主题', aside: '被拒收', of: '{n} 项',
  },
  why: {
    silent: '超过时限没有来报', last_will: '设备自己掉线（遗嘱消息）', gateway: '它的网关看不见了', link: '接入链路断开', never_heard: '登记以后从未来报',
    away: '连不上数据库', starting: '数据库还没有就绪', disk_full: '数据库的磁盘已满', database: '连不上数据库', connection_lost: '连接断了', stopped: '已停止', adapter_ended: '适配器退出了',
    not_connected: '还没有连上', clock: '时钟不可信，无法判断新旧',
  },
  deadline: { kind: '按类型规定', habit: '按它平时的节奏', default: '缺省', card: '时限 {time} · {from}' },
  ledger: {
    title: '账本', note: '收到的每一条都有去处', received: '收到', stored: '入库', duplicate: '重复', conflict: '冲突', rejected: '拒收', spooled: '暂存', in_flight: '在途',
    balanced: '账平', difference: '差额', tab: '账本差额', off: '账不平', offNote: '枢纽少算或多算了 {n} 条，请报告', disagree: '枢纽自报差额 {n}', messages: '{n} 条报文', equation: '{name} 的收支',
    byReason: '拒收原因', noReason: '没有拒收', days: '按设备与日期', day: '日期', allLinks: '全部链路', reason: '原因', count: '条数', share: '占收到', nobody: '认不出设备', open: '未结',
    openNote: '未结 = 收到的里面还在途或暂存的', previous: '上一页', next: '下一页', page: '第 {n} 页', emptyDay: '这一天没有收到任何数据', empty: '还没有接入适配器', view: '查看', today: '今天',
  },
  aside: {
    withheld: '原始报文可能含个人信息,查看需要“查看原始报文”权限',
    title: '被拒收', note: '没有成为读数的，连同原始字节，最新在前', when: '收到', what: '原因', where: '来自', detail: '读到的与应有的', replayed: '重放结果', select: '选择第 {id} 号', selectAll: '选择列出的全部',
    reason: '原因', allReasons: '全部原因', allLinks: '全部链路', device: '设备编号', clear: '清除筛选', older: '更早的', empty: '没有被拒收的', noMatch: '没有符合筛选的', listed: '已列出 {n} 条',
    open: '查看第 {id} 号', close: '关闭', number: '编号', source: '主题或对端', metric: '指标', raw: '原始字节', text: '文本', hex: '十六进制', size: '共 {n} 字节', cut: '只保留前 {kept} 字节，共 {n}', binary: '不是文本，按十六进制显示',
    replaySome: '重放所选 {n} 条', replayOne: '重放这一条', replayAll: '重放筛选出的全部', chooseFirst: '先按原因、设备或链路筛选', asking: '把{what}重新送进枢纽？已入库的会算作重复，仍不对的会再次被拒收。', some: '所选 {n} 条', all: '筛选出的、还没试过的，最多 {n} 条，', one: '第 {id} 号',
    go: '确认重放', cancel: '取消', busy: '正在重放…', outcome: '已重放 {n} 条', stored: '入库 {n}', duplicate: '重复 {n}', rejected: '仍被拒收 {n}', spooled: '进暂存 {n}', skipped: '跳过 {n}', failed: '重放失败', skippedOne: '{id} 号：{why}', not: '未重放', at: '{at} 重放',
    limit: '一次最多 {n} 条；可能还有，可再重放',
  },
  rejection: {
    topic_malformed: '主题或路径不对', payload_too_large: '报文过大', undecodable: '解不开', no_values: '没有数值', bad_name: '名称不合规', not_a_number: '不是数字', not_finite: '不是有限数',
    time_unreadable: '时间读不懂', time_too_old: '时间过旧', time_too_new: '时间超前', id_mismatch: '编号不一致', theme_mismatch: '主题不一致', register_full: '登记已满', not_registered: '未登记', conflict: '同刻异值', database_refused: '数据库拒收',
  },
  backup: {
    title: '备份', unset: '未配置备份', attemptFailed: '备份失败 {ago}', never: '还没有做过备份', last: '最近备份 {ago}', took: '用时 {time} · {size}', checkOk: '恢复核对通过 {ago}', checkBad: '恢复核对失败 {ago}', unchecked: '从未核对能否恢复', rows: '读数 {n} 行', failed: '备份状态读不到',
  },
}
