// Which browser on which system, out of what browsers say of themselves; the whole text stands in the title. Pure.
const BROWSERS = [[/Edg\/(\d+)/, 'Edge'], [/Firefox\/(\d+)/, 'Firefox'], [/Chrome\/(\d+)/, 'Chrome'], [/Version\/(\d+).*Safari/, 'Safari']] as const
const SYSTEMS = [[/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'], [/Mac OS X/, 'macOS'], [/Kylin|UOS|Linux/, 'Linux']] as const

export function browserOf(agent: string | null): string {
  if (!agent) return '–'
  const browser = BROWSERS.find(([pattern]) => pattern.test(agent))
  const system = SYSTEMS.find(([pattern]) => pattern.test(agent))?.[1]
  const name = browser && `${browser[1]} ${browser[0].exec(agent)![1]}`
  return [name, system].filter(Boolean).join(' · ') || agent.slice(0, 40)
}
