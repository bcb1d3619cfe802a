// A real hub in a temporary folder for the browser test: started, killed, started again on the same data, and cleared
// away with everything that it started. It knows nothing of the page.
import { execFile, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sleep } from './page.mjs'

const START_MS = 120_000
const STOP_MS = 15_000
const run = promisify(execFile)

export class RealHub {
  constructor(binary, devices) {
    this.binary = binary
    this.devices = devices
    this.folder = mkdtempSync(join(tmpdir(), 'chengshu-browser-'))
    // Started by root, the hub goes on as its own user, who must get at its folder.
    chmodSync(this.folder, 0o1777)
    this.ports = { http: '127.0.0.1:0', mqtt: '127.0.0.1:0' }
    /** Settings, as the environment says them. */
    this.settings = {}
  }

  /** The first start takes free ports, the next ones the same again. */
  async start() {
    const file = join(this.folder, 'ready.json')
    rmSync(file, { force: true })
    const { http, mqtt } = this.ports
    const args = ['demo', '--data', join(this.folder, 'data'), '--http', http, '--mqtt', mqtt, '--devices', String(this.devices), '--field', 'true', '--ready-file', file]
    this.said = ''
    this.process = spawn(this.binary, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...this.settings } })
    for (const pipe of [this.process.stdout, this.process.stderr]) pipe.on('data', (d) => (this.said = (this.said + d).slice(-4000)))
    this.gone = new Promise((ok) => this.process.once('exit', ok).once('error', (e) => ((this.said += e), ok())))
    let running = true
    void this.gone.then(() => (running = false))
    for (const end = Date.now() + START_MS; running && Date.now() < end; await sleep(50)) {
      const text = read(file)
      if (!text.trimEnd().endsWith('}')) continue
      this.ready = JSON.parse(text)
      this.ports = { http: new URL(this.ready.http).host, mqtt: this.ready.mqtt }
      return this.ready
    }
    throw new Error(`the hub ${running ? 'is not ready' : 'ended'}:\n${this.said}`)
  }

  async get(path) {
    const reply = await fetch(this.ready.http + path, { headers: { authorization: `Bearer ${this.ready.admin_key}` } })
    if (!reply.ok) throw new Error(`${path}: HTTP ${reply.status}`)
    return reply.json()
  }

  /** By hand, as anybody would. Text goes as it is. */
  publish(topic, message, { retain = false } = {}) {
    const payload = typeof message === 'string' ? message : JSON.stringify(message)
    const [host, port] = this.ready.mqtt.split(':')
    return run('mosquitto_pub', ['-h', host, '-p', port, '-u', this.ready.mqtt_user, '-P', this.ready.mqtt_password, '-q', '1', '-t', topic, '-m', payload, ...(retain ? ['-r'] : [])])
  }

  /** Kills a part that the hub keeps running: the process of this program whose command line names our folder. */
  killPart(program) {
    for (const pid of this.ours((words) => words[0].split('/').at(-1) === program)) end(pid)
  }

  /** The processes whose command line names our folder; not ourselves. */
  ours(like = () => true) {
    return readdirSync('/proc').filter((n) => {
      if (!/^\d+$/.test(n) || +n === process.pid) return false
      const line = read(`/proc/${n}/cmdline`)
      return line.includes(this.folder) && like(line.split('\0'))
    })
  }

  async kill() {
    this.process.kill('SIGKILL')
    await this.gone
  }

  async stop() {
    if (this.process && this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill('SIGTERM')
      await Promise.race([this.gone, sleep(STOP_MS)])
    }
    this.clear()
  }

  /** The last word: whatever still runs on our folder ends, and the folder goes. */
  clear() {
    if (this.process?.exitCode === null && this.process.signalCode === null) this.process.kill('SIGKILL')
    for (const pid of this.ours()) end(pid)
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

function end(pid) {
  try {
    process.kill(+pid, 'SIGKILL')
  } catch { /* gone meanwhile */ }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
