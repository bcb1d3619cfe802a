// Runs the fake hub for development: npm run build && npm run fake, then open the printed address.
import { FakeHub } from './server.mjs'

const hub = new FakeHub({ key: process.env.KEY ?? 'test-key' })
hub.world.addFieldLink(Date.now())
const address = await hub.listen(+(process.env.PORT ?? 8080))
console.log(`fake hub: ${address}/#key=${hub.key}`)
process.once('SIGINT', () => hub.stop().then(() => process.exit(0)))
