// The words of administration in Chinese: people and grants, the matrix, keys of services, screens, the audit, the policy.
export const adminZh = {
  admin: { nav: '账号与安全', sure: '此操作无法撤销', back: '返回', save: '保存', saved: '已保存', cancel: '取消', close: '关闭', more: '更早的', copy: '复制', copied: '已复制', once: '只显示这一次', onceNote: '关闭以后谁也看不到它，枢纽里只存了校验值。请现在就交给使用者。', noted: '已记下，关闭', never: '从未', none: '未填', all: '全部', failed: '没有做成', changed: '别人先改过了，已读入新的内容，请再看一眼。' },
  people: {
    title: '人员', search: '搜索账号、姓名', role: '角色', department: '部门', create: '新建账号', name: '姓名', user: '账号', phone: '手机', status: '状态', last: '最近登录', sessions: '会话', factor: '第二因子', empty: '没有这样的人', emptyNote: '换一个条件试试', noRole: '未授权',
    st: { active: '正常', disabled: '已停用', locked: '锁定到 {at}', fresh: '从未登录' }, factorOn: '已启用', factorOff: '未启用', sso: '统一认证', listed: '本页 {n} 人',
    createNote: '新账号没有任何权限，由安全管理员授权后才能看到数据。', phoneNote: '选填，显示时只留首尾', create2: '建立账号', created: '{name}的账号已建立', oneTime: '一次性口令', oneTimeNote: '{name}首次登录时必须换掉它。',
    userRule: '2 至 32 个小写字母、数字或 . _ -，以字母开头', nameRule: '请填姓名',
  },
  person: {
    title: '人员', toList: '返回人员列表', facts: '基本信息', edit: '修改', phoneKeep: '留空不改', passwordSet: '口令设于', acts: '账号操作', grants: '授权', grantsNote: '角色 × 范围 × 时间；可以有多条', sessions: '会话', noSessions: '现在没有会话', unknown: '没有这个人员',
    disable: '停用', disableAsk: '停用{name}的账号？', disableNote: '他的会话立即结束，不能再登录；记录和授权都保留，可以再启用。', disableGo: '确认停用', enable: '启用',
    reset: '重置口令', resetAsk: '重置{name}的口令？', resetNote: '现在的口令立即失效，会话全部结束；得到一个一次性口令，由您当面交给本人。', resetGo: '确认重置',
    unlock: '解锁', factor: '重置第二因子', factorAsk: '重置{name}的第二因子？', factorNote: '手机上的验证器立即失效。请先核实是本人提出：在重新设置之前，只凭口令就能登录。', factorGo: '确认重置',
    endNote: '那台设备要重新登录，没有保存的内容会丢失。', done: { disable: '已停用，会话已结束。', enable: '已启用。', unlock: '已解锁。', 'totp/reset': '第二因子已重置，下次登录时重新设置。', reset: '口令已重置。' },
  },
  grants: {
    none: '没有授权：登录后只能看自己的账号。', add: '加一条授权', remove: '去掉这条', edit: '改授权', save: '保存授权', own: '不能给自己授权，须由另一位安全管理员来改。', roles: '角色', scope: '范围', time: '时间', from: '自', until: '至（不含）', always: '一直有效', since: '自 {from} 起', till: '到 {until} 为止', between: '{from} 至 {until}', number: '第 {n} 条',
    standing: { now: '生效中', later: '未生效', over: '已过期' }, everywhere: '全部范围', nowhere: '没有范围', part: { themes: '专题', departments: '部门', areas: '区域', camera_groups: '摄像机组' }, only: '只限', names: '名称，用分号分开', areaNote: '区域可写名称或区划代码；4417 表示它下面的全部', addExtent: '加一个范围', removeExtent: '去掉这个范围', or: '或者',
    excludes: '“{one}”与“{two}”不能同时属于一个人', excludesNote: '三员分立：系统、安全、审计三种管理员互相排斥，也不能兼任其他角色，免得一个人既能建账号、又能授权、还能改掉痕迹。', blocked: '与“{role}”互斥',
    wrong: { roles: '至少选一个角色', empty: '“只限”的地方要写至少一个名称', times: '结束要晚于开始' }, ask: '把{name}的授权改成这样？', askNote: '立即生效：多出来的马上可用，去掉的马上不能用。变更记入审计。', go: '确认授权', saved: '授权已保存。', boot: '还没有安全管理员：现在只能授予“安全管理员”和“审计管理员”，直到有了第一位安全管理员。', lost: '去掉：{roles}', gained: '增加：{roles}',
  },
  matrix: { title: '权限矩阵', note: '角色 × 权限；范围只会更窄', filter: '查找权限或路径', role: '只看角色', right: '权限', yes: '有', no: '没有', routes: '接口', routesOf: '{n} 个接口', open: '公开', none: '没有这样的权限', person: '须由人员担当', service: '服务也可持有', count: '{n} 项' },
  services: {
    title: '服务密钥', note: '部门系统用的密钥：有权限、范围、配额和到期日', create: '新建密钥', name: '名称', department: '部门', rights: '权限', expires: '到期', quota: '每分钟配额', last: '最近使用', state: '状态', empty: '还没有服务密钥', emptyNote: '为一个部门系统建立一把', createNote: '密钥生来没有权限，由安全管理员授权后才能用。', create2: '建立密钥', created: '“{name}”的密钥已建立', key: '密钥',
    st: { good: '有效', none: '未授权', soon: '即将到期', expired: '已到期', revoked: '已吊销' }, edit: '改权限', editTitle: '“{name}”的权限', noExpiry: '不到期', save: '保存权限', rotate: '轮换', rotateAsk: '轮换“{name}”的密钥？', rotateNote: '旧密钥立即失效，用它的系统在换上新密钥之前会断开。', rotateGo: '确认轮换', rotated: '“{name}”的新密钥',
    revoke: '吊销', revokeAsk: '吊销“{name}”？', revokeNote: '密钥立即失效，用它的系统断开，不能恢复；要再用只能新建。', revokeGo: '确认吊销', revoked: '已吊销。', personOnly: '批准、账号、授权、审计等权限须由人员担当，服务不能持有。', from: '来自 {from}', nameRule: '请填名称', quotaRule: '应为 1 至 1000000 的整数',
  },
  screens: {
    title: '大屏', note: '每块屏有自己的只读凭据，可随时吊销', enrol: '登记大屏', code: '屏上的登记码', codeNote: '如 4821-7035', name: '名称', layout: '画面', wall: '全区大屏', themeOf: '专题：{theme}', scope: '范围', enrolled: '登记于', renewed: '凭据换新于', last: '最近在线', state: '状态', st: { on: '在线', away: '未见', revoked: '已吊销' }, empty: '还没有登记大屏', emptyNote: '在大屏上打开枢纽的地址，把显示的登记码输入这里',
    go: '登记', done: '“{name}”已登记，屏幕会自动打开画面。', codeRule: '登记码是八位数字', nameRule: '请填名称', noCode: '现在没有屏幕显示这组登记码。核对一下；登记码十分钟换一次。', edit: '修改', editTitle: '修改“{name}”', revoke: '吊销', revokeAsk: '吊销“{name}”？', revokeNote: '这块屏的凭据立即失效，一分钟内画面消失并显示新的登记码。要再用须重新登记。', revokeGo: '确认吊销', themeId: '专题编号',
  },
  audit: {
    title: '审计', note: '谁、何时、从哪里、做了什么、结果', from: '自', to: '至（含当日）', who: '人员或来源', act: '动作', outcome: '结果', object: '对象', time: '时间', where: '来源', because: '理由：{reason}', filters: '筛选', detail: '详情', open: '展开详情', empty: '没有这样的记录', emptyNote: '换一个条件，或放宽日期', lines: '{n} 条', noDetail: '没有更多',
    verify: '校验完整性', verifying: '正在校验…', ok: '完整：{lines} 条、{batches} 批，哈希链首尾相接。', broken: '链在第 {batch} 批第 {line} 行断开：{what}', brokenNote: '这之后的记录可能被改动过。请保护现场，立即报告。', export: '导出', exported: '已导出', unknown: '未知来访者', today: '今天', asked: '校验于 {at}', system: '枢纽本身', clear: '清除筛选',
    what: { altered: '这一批被改动、增删或调换过，或它之前有一批缺失', missing: '链比另处留存的链头短，末尾的记录不见了', rewritten: '链与另处留存的链头对不上，是重新写过的' },
    standing: '审计的保存情况', chainOk: '链完整', chainBroken: '链已断开', chainUnknown: '尚未校验', chainLast: '全链校验于 {at}', batches: '{n} 批', head: '链头 {head}', headNote: '抄录下来，日后用 chengshu audit verify --head 核对', keptWrong: '与数据目录中留存的链头不符：{what}', keep: '保存 {n} 天', since: '自 {at} 起', busy: '正在校验，完成后这里会显示结果。',
    protection: { separate: '数据库中属于另一角色，枢纽只能追加', superuser: '枢纽以数据库超级用户工作，只有触发器和哈希链', owner: '审计表属于枢纽自己的角色，只有触发器和哈希链', schema: '枢纽的角色拥有 public 模式，可以删表', creator: '枢纽的角色可以创建角色，从而取得审计角色', disarmed: '保护审计的触发器被关闭：有人动过' }, protectionNote: '怎样改正：chengshu doctor',
    copy: { none: '没有异地副本：能改数据库的人可以把整条链重写，只有别处的副本看得出来。在配置里设 audit.copy_file 或 audit.syslog。', file: '文件副本', syslog: 'syslog 副本', ok: '已全部复制', waiting: '{n} 批待复制', at: '最近 {at}', never: '还没有复制过', stuck: '{at} 起复制不了：{why}' },
    trouble: { gone: '文件不在原处，挂载可能断了', disk: '磁盘写不进去', unreachable: '接收端连不上', tls: '与接收端的 TLS 握手失败', ended: '接收端断开了连接', silent: '接收端没有反应' },
  },
  policy: {
    title: '安全策略', note: '改动立即生效，记入审计', password: '口令', lockout: '登录失败锁定', session: '会话', totp: '必须启用第二因子的角色',
    field: { min_length: '至少几个字符', max_length: '至多几个字符', classes: '至少几种字符（至多 4）', history: '不能与最近几次相同', max_age_days: '多少天必须更换（0 = 不要求）', wrong: '错几次锁定', window_s: '在多少秒之内', lock_s: '首次锁定秒数', longest_lock_s: '最长锁定秒数', forget_s: '多少秒没有再错就从头算', address_wrong: '同一地址错几次限制', address_accounts: '同一地址试错几个账号限制', idle_s: '多少秒不操作结束', absolute_s: '最长会话秒数', most: '每人最多几个会话', screen_s: '大屏凭据有效秒数' },
    save: '保存策略', ask: '把安全策略改成这样？', askNote: '立即对所有人生效：不再合格的口令下次登录时必须更换，超出新时限的会话会结束。', go: '确认修改', saved: '策略已保存。', changes: '{name}：{before} → {after}', none: '没有改动', whole: '应为 0 至 {most} 的整数', weak: '低于常用基线，请确认确有必要', means: '= {span}',
  },
}
