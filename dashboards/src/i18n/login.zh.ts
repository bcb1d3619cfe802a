// The words of signing in, of the first administrator, of one's own account and of a wall that asks to be enrolled, in Chinese.
export const loginZh = {
  login: {
    title: '登录', user: '账号', password: '口令', go: '登录', busy: '正在登录…', sso: '用{name}登录', or: '或', code: '验证码', codeNote: '打开身份验证器，输入现在显示的六位数字。', codeGo: '验证', back: '返回',
    failed: '账号或口令不对。', codeFailed: '验证码不对或已过时，请重新输入口令，再用最新的验证码。', locked: '尝试次数太多，这个账号锁定到 {at}。急用请联系安全管理员。', lockedSome: '尝试次数太多，这个账号暂时锁定。', limited: '尝试太频繁，请在 {at} 以后再试。', limitedSome: '尝试太频繁，请稍后再试。',
    ended: '会话已结束，请重新登录；之前的页面会自动回来。', key: '使用访问密钥', screen: '这是大屏：显示登记码', setup: '枢纽还没有管理员。请打开首次启动时在终端打印的一次性链接。', show: '显示口令', hide: '隐藏口令',
    offerFailed: '暂时读不到登录方式，正在重试。', none: '枢纽没有开放任何登录方式。', forgot: '忘记口令请联系系统管理员重置。',
  },
  sso: {
    title: '统一身份认证', some: '统一身份认证', note: '关联之后，可以用统一身份登录这个账号。', linked: '已与{name}关联，在那里是：{as}', link: '与{name}关联', linkNote: '输入口令，然后到{name}确认身份。', go: '去{name}确认', done: '已与{name}关联，下次可以用它登录。', remove: '解除关联', removeNote: '解除后不能再用统一身份登录，其他会话结束。输入口令确认。', removeGo: '确认解除', removed: '关联已解除，其他会话已结束。', only: '这个账号没有口令，只用统一身份登录；要解除关联请联系系统管理员。',
    provider: '认证方', as: '在那里的账号', subject: '标识（sub）', subjectNote: '由认证方的目录给出，不是姓名或账号；一个标识只能关联一个账号。', none: '没有关联。', linkGo: '关联', unlinkAsk: '解除{name}的关联？', unlinkNote: '他的会话立即结束，由统一身份带来的授权一并收回；之后只能用口令登录。', linkedNow: '已关联。', unlinkedNow: '关联已解除，会话已结束。',
    refused: {
      away: '{name}现在连不上。可以稍后再试，或用口令登录。', hub_away: '枢纽的数据库暂时没有应答，请稍后再试。', denied: '{name}没有放行：可能是您取消了，或在那里没有使用本系统的权限。', state: '这次登录已经过时，或不是从这个浏览器开始的。请再试一次。', untrusted: '{name}的答复没有通过核验，没有登录。请再试一次；一再出现请告诉系统管理员。', not_linked: '您在{name}的身份还没有关联本系统的账号。请先用口令登录，在“我的账号”里关联；或请系统管理员关联。', disabled: '这个账号已停用。请联系系统管理员。', name_taken: '已有同名的账号，不会自动合并。请系统管理员把它与您的身份关联。', no_name: '{name}给出的账号名不能用。请联系系统管理员建立账号并关联。', linked_elsewhere: '这个身份已经关联了另一个账号。', too_many: '登录的人太多，请稍后再试。',
    },
  },
  setup: {
    title: '创建首个管理员', note: '这是系统管理员：管账号、密钥和配置，看不到城市数据。接着请由它创建安全管理员和审计管理员，三者不能是同一人。', name: '姓名', user: '账号', userNote: '小写字母开头，可含数字和 . _ -', go: '创建并登录', over: '首个管理员已经创建，这个链接不再有效。', wrong: '这个链接不对或已失效。请用首次启动时打印的完整链接。', noToken: '链接里没有令牌。请打开首次启动时在终端打印的完整链接。', toLogin: '去登录',
  },
  must: { title: '还差一步', password: '请先换一个新口令', passwordNote: '现在的口令是一次性的或已到期，换过之后才能继续。', totp: '请先设置第二因子', totpNote: '您的角色要求登录时除口令外再输入验证码。', out: '退出' },
  newPassword: {
    old: '现在的口令', next: '新口令', repeat: '再输一遍', differs: '两次输入不一致。', go: '更换口令', done: '口令已更换，其他会话已结束。', wrongOld: '现在的口令不对。', rules: '新口令要求', met: '已满足', unmet: '未满足', judged: '常见口令和最近用过的会被枢纽拒绝', refused: '枢纽没有接受这个口令：',
    rule: { too_short: '{least} 至 {most} 个字符', few_classes: '小写、大写、数字、其他符号中至少 {needed} 种', regular: '不是连续或重复的字符', has_name: '不含账号或姓名' },
    fault: { too_short: '太短，至少 {n} 个字符', too_long: '太长，至多 {n} 个字符', few_classes: '字符种类不足，至少 {n} 种', regular: '过于规律', has_name: '含有账号或姓名', common: '是常见口令', used_before: '与最近 {n} 次用过的相同' },
  },
  totp: {
    title: '第二因子', scan: '用手机上的身份验证器扫一扫', qr: '第二因子二维码', byHand: '扫不了就手工输入密钥', copy: '复制', copied: '已复制', code: '验证器显示的六位数字', confirm: '确认启用', wrong: '验证码不对。请确认手机时间准确，用最新的六位数字再试。', on: '已启用', off: '未启用', set: '设置第二因子', again: '换一个验证器', remove: '停用', removeNote: '停用后登录只凭口令。输入口令确认。', removeGo: '确认停用', demanded: '按安全策略，您的角色必须启用第二因子。', done: '第二因子已启用。', removed: '第二因子已停用。', wrongPassword: '口令不对。',
  },
  enrol: {
    title: '大屏登记', note: '请在工作台“大屏”中输入这组登记码', code: '登记码', until: '{at} 前有效，到期自动换新。', waiting: '登记后本屏自动继续，不用在这里操作。', away: '尚未连上枢纽，正在重试', limited: '申请太频繁，{n} 秒后再取登记码', person: '这不是大屏，以人员身份登录', done: '已登记，正在打开画面…',
  },
  account: {
    title: '我的账号', who: '身份', name: '姓名', user: '账号', roles: '角色', noRoles: '还没有角色，请联系安全管理员授权', rights: '我的权限', grants: '授权', session: '本次会话', until: '最迟到 {at}；{n}不操作自动结束', password: '更换口令', sessions: '我的会话', current: '当前', began: '开始', used: '最近使用', from: '来源', agent: '浏览器', end: '终止', endAsk: '终止来自 {from} 的会话？那台设备要重新登录，没有保存的内容会丢失。', endGo: '确认终止', out: '退出登录', noPerson: { demo: '这是演示密钥，拥有全部权限，没有账号和会话。', screen: '这是一块大屏，只能查看。', service: '这是服务密钥。', local: '这是本机工具。' }, unknown: '身份暂时读不到，正在重试。',
  },
  denied: { title: '没有权限', right: '您没有“{right}”这项权限。需要的话，请安全管理员授权。', some: '您没有做这件事的权限。需要的话，请安全管理员授权。', own_grants: '不能改自己的授权，请另一位安全管理员来改。', csrf: '这个请求没有带上本页的凭证，没有执行。请刷新后再试。', own: '这里没有您能看的内容' },
}
