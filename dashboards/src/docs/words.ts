// The words of the API page in both languages. zh is the source; the language is that of the rest of the app.
const zh = {
  title: '接口文档', intro: '由本机的 openapi.json 绘制，不访问任何外部网络。', file: 'OpenAPI 3.1 文件', filter: '筛选地址或说明',
  key: '管理员密钥', keyHint: '留在本浏览器，仅随“试一试”发送', open: '无需密钥', parameters: '参数', body: '请求体', answers: '应答',
  name: '名称', where: '位置', type: '类型', means: '含义', required: '必填', try: '试一试', send: '发送', ms: '毫秒', cut: '应答过长，仅显示开头',
  failed: '无法读取 openapi.json', none: '没有符合的接口', stream: '实时流请用程序读取', command: '命令行',
}
const en: typeof zh = {
  title: 'API reference', intro: 'Drawn from the hub’s own openapi.json; nothing outside is called.', file: 'OpenAPI 3.1 file', filter: 'Filter by address or words',
  key: 'Administrator’s key', keyHint: 'stays in this browser, sent by “Try it” only', open: 'no key needed', parameters: 'Parameters', body: 'Body', answers: 'Answers',
  name: 'Name', where: 'In', type: 'Type', means: 'Meaning', required: 'required', try: 'Try it', send: 'Send', ms: 'ms', cut: 'a long answer, only its beginning is shown',
  failed: 'openapi.json cannot be read', none: 'Nothing fits', stream: 'Read the live stream with a program', command: 'Command line',
}
const asked = new URLSearchParams(location.search).get('lang') ?? localStorage.getItem('chengshu.lang')
export const lang = asked === 'en' ? 'en' : 'zh'
export const words = lang === 'en' ? en : zh
