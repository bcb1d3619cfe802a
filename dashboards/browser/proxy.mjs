// Serves dist/ under the hub's policy and hands everything else to a running hub: this front end against a real hub
// whose own, embedded front end is older. By hand: node browser/proxy.mjs http://127.0.0.1:8080
import { createServer, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { serveDist } from '../fake/server.mjs'

const HUBS_OWN = /^\/(api\/|readyz|healthz|metrics)/

/** @returns {Promise<{ address: string, close: () => void }>} */
export async function proxy(hub) {
  const server = createServer((q, r) => {
    if (!HUBS_OWN.test(q.url)) return serveDist(new URL(q.url, 'http://proxy').pathname, r)
    const on = request(new URL(q.url, hub), { method: q.method, headers: q.headers }, (reply) => {
      r.writeHead(reply.statusCode, reply.headers)
      reply.pipe(r)
      reply.on('error', () => r.destroy())
    })
    on.on('error', () => r.destroy())
    r.on('close', () => on.destroy())
    q.pipe(on)
  })
  await new Promise((ok, fail) => server.once('error', fail).listen(0, '127.0.0.1', ok))
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    close: () => (server.closeAllConnections(), server.close()),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log((await proxy(process.argv[2])).address)
