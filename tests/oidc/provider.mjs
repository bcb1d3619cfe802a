// A real provider of OpenID Connect (oidc-provider, MIT) for the tests: on a free port of the loopback, with its own pages for
// signing in, where any name and any password will do. What it says of people follows from the name: `wang@duty+boss!mfa` is
// wang, of the groups duty and boss, with a second factor. `node provider.mjs '{"redirects": […], "home": […], "alg": "ES256"}'`
// prints one line {"issuer", "client_id", "client_secret"}. Not for anything but tests.
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'

// It warns of its own test pages and of Node 20; both are meant.
console.warn = console.info = () => {}
const { Provider } = await import('oidc-provider')

const NAME = /^([^@!]+)(?:@([^!]*))?(!mfa)?$/

/** Who somebody is, by the name that was typed. */
export function personOf(typed) {
  const [, user = typed, groups = '', mfa] = NAME.exec(typed) ?? []
  return { sub: `sub-${user}`, preferred_username: user, name: `统一身份 ${user}`, groups: groups ? groups.split('+') : [], amr: mfa ? ['pwd', 'mfa'] : ['pwd'] }
}

/** A key to sign with, for each algorithm. */
const KEYS = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  PS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
}
const keyOf = (alg) => ({ ...KEYS[alg]().privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: `${alg}-${randomBytes(4).toString('hex')}` })

/** Listens, and answers its address and what a client needs; `close` ends it. */
export async function start({ redirects, home = [], alg = 'RS256', port = 0, host = '127.0.0.1', secret = randomBytes(24).toString('base64url') }) {
  const server = createServer()
  await new Promise((ok) => server.listen(port, '127.0.0.1', ok))
  const people = new Map()
  const issuer = `http://${host}:${server.address().port}`
  const [client_id, client_secret] = ['chengshu', secret]
  const provider = new Provider(issuer, {
    clients: [{ client_id, client_secret, redirect_uris: redirects, post_logout_redirect_uris: home, response_types: ['code'], grant_types: ['authorization_code'], id_token_signed_response_alg: alg }],
    // One for each algorithm: a client must choose by the key that a token names.
    jwks: { keys: Object.keys(KEYS).map(keyOf) },
    enabledJWA: { idTokenSigningAlgValues: Object.keys(KEYS) },
    cookies: { keys: [randomBytes(24).toString('base64url')] },
    pkce: { required: () => true },
    // amr stands in the token, the rest is told at userinfo, as Core 5.4 wants it for codes.
    claims: { openid: ['sub', 'amr'], profile: ['name', 'preferred_username'], groups: ['groups'] },
    scopes: ['openid', 'profile', 'groups'],
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    findAccount: (ctx, user) => ({ accountId: user, claims: async () => people.get(user) ?? personOf(user) }),
  })
  // What was typed says more than who it is: the account is the name alone.
  provider.use(async (ctx, next) => {
    if (ctx.method === 'POST' && ctx.path.startsWith('/interaction/')) {
      let body = ''
      for await (const chunk of ctx.req) body += chunk
      const fields = Object.fromEntries(new URLSearchParams(body))
      if (fields.login) {
        const person = personOf(fields.login)
        people.set(person.sub, person)
        fields.login = person.sub
      }
      ctx.req.body = fields
    }
    await next()
  })
  server.on('request', provider.callback())
  return { issuer, client_id, client_secret, close: () => new Promise((ok) => (server.closeAllConnections(), server.close(ok))) }
}

if (process.argv[1] === import.meta.filename) {
  const { close: _, ...told } = await start(JSON.parse(process.argv[2]))
  console.log(JSON.stringify(told))
}
