// Steps against the real hub: texts that would be programs if a page took them for its own (S11). Sixty of them are entered wherever a
// text can be: names and fields of the register, retained status and events over MQTT, units, files with names of their own, accounts,
// keys, walls; then every page is opened. None of them may run, open a dialog, load anything or trip the policy.
import assert from 'node:assert/strict'
import { openWall } from './page.mjs'

const RUN = 'window.__ran=(window.__ran||0)+1'
const PAYLOADS = [
  `<script>${RUN}</script>`, `<ScRiPt>${RUN}</sCrIpT>`, `"><script>${RUN}</script>`, `'><script>${RUN}</script>`, `</title><script>${RUN}</script>`,
  `</textarea><script>${RUN}</script>`, `</style><script>${RUN}</script>`, `<script src=//x.example/x.js></script>`, `<script type=module>${RUN}</script>`, `<<script>${RUN}//<</script>`,
  `<img src=x onerror="${RUN}">`, `<img src=x onerror=${RUN}>`, `"><img src=x onerror=${RUN}>`, `<img/src=x/onerror=${RUN}>`, `<img src="x" OnErRoR="${RUN}">`,
  `<svg onload=${RUN}>`, `<svg/onload=${RUN}//`, `<svg><script>${RUN}</script></svg>`, `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`, `<svg><a xlink:href="javascript:${RUN}"><text>x</text></a></svg>`,
  `<body onload=${RUN}>`, `<iframe src="javascript:${RUN}"></iframe>`, `<iframe srcdoc="<script>parent.${RUN}</script>"></iframe>`, `<object data="javascript:${RUN}">`, `<embed src="javascript:${RUN}">`,
  `<a href="javascript:${RUN}">x</a>`, `javascript:${RUN}`, `JaVaScRiPt:${RUN}`, `java\tscript:${RUN}`, `data:text/html,<script>${RUN}</script>`,
  `<input autofocus onfocus=${RUN}>`, `<details open ontoggle=${RUN}>`, `<video><source onerror=${RUN}></video>`, `<audio src=x onerror=${RUN}>`, `<marquee onstart=${RUN}>`,
  `<form><button formaction="javascript:${RUN}">x`, `<isindex action="javascript:${RUN}">`, `<math><mtext><img src=x onerror=${RUN}>`, `<noscript><p title="</noscript><img src=x onerror=${RUN}>">`, `<template><script>${RUN}</script></template>`,
  `" onmouseover="${RUN}`, `' onmouseover='${RUN}`, `" autofocus onfocus="${RUN}" x="`, '` onmouseover=`' + RUN, `x" style="animation-name:ring" onanimationstart="${RUN}`,
  `{{constructor.constructor('${RUN}')()}}`, `{{$emit.constructor('${RUN}')()}}`, `\${${RUN}}`, `#{${RUN}}`, `[[${RUN}]]`,
  `<link rel=stylesheet href=//x.example/x.css>`, `<style>@import "//x.example/x.css"</style>`, `<meta http-equiv=refresh content="0;url=javascript:${RUN}">`, `<base href="//x.example/">`, `<img src=//x.example/beacon.png>`,
  `\u2028${RUN}\u2029`, `&lt;script&gt;${RUN}&lt;/script&gt;`, `%3Cscript%3E${RUN}%3C/script%3E`, `\\u003cscript\\u003e${RUN}`, `＜script＞${RUN}＜/script＞`,
]
const id = (i) => `XSS-${i}`

export function realXssSteps({ step, hub, browser, address, HANG_MS }) {
  const call = async (method, path, body, type = 'application/json') => {
    const init = { method, headers: { authorization: `Bearer ${hub.ready.admin_key}`, 'content-type': type } }
    if (body !== undefined) init.body = typeof body === 'string' ? body : JSON.stringify(body)
    const reply = await fetch(hub.ready.http + path, init)
    return [reply.status, await reply.text()]
  }

  step('sixty texts that would be programs are entered wherever a text can be', async () => {
    assert.equal(PAYLOADS.length, 60)
    const now = Date.now()
    // As a device says of itself, and as it sends: over MQTT, by HTTP with the same payloads, and what cannot be read at all.
    const lines = PAYLOADS.flatMap((p, i) => [
      { theme: 'water', device: id(i), type: 'status', online: true, kind: 'river_level', name: p.slice(0, 100), place: { lng: 111.9 + i / 1000, lat: 21.85 } },
      { theme: 'water', device: id(i), values: { level: 1 + i / 100 }, ts: now },
      { theme: 'water', device: id(i), type: 'event', kind: 'opened', severity: 'critical', key: `x${i}`, detail: { text: p, [p.slice(0, 40)]: p } },
    ])
    const [status, answer] = await call('POST', '/api/v1/ingest', lines.map((l) => JSON.stringify(l)).join('\n'), 'application/x-ndjson')
    assert.equal(status, 200, answer)
    for (const [i, p] of PAYLOADS.entries()) if (i % 6 === 0) {
      await hub.publish(`city/water/${id(i)}/status`, { online: true, kind: 'river_level', name: p.slice(0, 100) }, { retain: true })
      await hub.publish(`city/water/XBAD-${i}/telemetry`, `{"level": "${p}`)
    }
    // As people write of them.
    for (const [i, p] of PAYLOADS.entries()) {
      const entry = Object.fromEntries(['name', 'department', 'area', 'vendor', 'model', 'serial', 'contact'].map((f) => [f, p.replace(/[\p{C}]/gu, '').slice(0, 190)]))
      const [status, answer] = await call('PUT', `/api/v1/devices/${id(i)}`, { theme: 'water', version: 0, entry: { ...entry, kind: 'river_level', groups: [entry.name], tags: [entry.name], place: { lng: 111.9 + i / 1000, lat: 21.85 } } })
      assert.equal(status, 200, answer)
    }
    for (const p of PAYLOADS.slice(0, 20)) {
      const at = Date.now() + 86_400_000
      await call('POST', '/api/v1/services', { name: p.slice(0, 60), rights: ['see_city'], scope: [{ themes: 'all', departments: [p], areas: 'all', camera_groups: 'all' }], expires: at, quota_per_minute: 60 })
      await call('POST', '/api/v1/people', { user: `x${PAYLOADS.indexOf(p)}`, name: p.slice(0, 40), department: p.slice(0, 40), phone: null })
      await call('POST', '/api/v1/receivers', { name: p.slice(0, 40), url: 'https://receiver.example/', events: ['event'], themes: [], enabled: false })
      await call('POST', '/api/v1/decode', { protocol: 'sl651', text: p })
      await call('GET', `/api/v1/devices/${encodeURIComponent(p)}`).catch(() => {})
    }
  })

  step('and no page takes one of them for its own', async () => {
    const context = await browser().newContext({ viewport: { width: 1600, height: 1000 }, locale: 'zh-CN' })
    const { page, errors } = await openWall(browser(), address(), { key: hub.ready.admin_key, context, query: '?lang=zh' })
    let dialogs = 0
    page.on('dialog', (d) => (dialogs++, d.dismiss()))
    const strange = []
    page.on('request', (r) => !r.url().startsWith(address()) && !/^(data|blob):/.test(r.url()) && strange.push(r.url()))
    await page.waitForSelector('[data-panel=map] canvas', { timeout: HANG_MS })
    const ofDevices = (view) => [0, 10, 17, 26, 40, 45].map((i) => `/desk/${view}/${id(i)}`)
    const pages = ['/', '/theme/water', '/theme/fire', '/theme/housing', '/health/unseen', '/health/ledger', '/health/rejected', '/desk/devices', `/desk/devices?q=${encodeURIComponent(PAYLOADS[10])}`,
      '/desk/maintenance', '/desk/frames', '/desk/account', '/desk/people', '/desk/matrix', '/desk/services', '/desk/screens', '/desk/receivers', '/desk/audit', '/desk/policy', ...ofDevices('device'), ...ofDevices('label'), ...ofDevices('commission'),
      `/desk/device/${encodeURIComponent(PAYLOADS[0])}`, `/theme/${encodeURIComponent(PAYLOADS[10])}`, `/login?refused=${encodeURIComponent(PAYLOADS[10])}`, `/setup?token=${encodeURIComponent(PAYLOADS[10])}`]
    let seen = 0
    for (const route of pages) {
      await page.evaluate((r) => (location.hash = `#${r}`), route)
      await page.waitForTimeout(700)
      // Whatever opens on a click is a page as well.
      for (const selector of ['[data-aside] .reason button', '[data-device-row]', '[data-audit-row]', '[data-unplaced]', 'summary']) {
        const one = page.locator(selector).first()
        if (await one.count()) await one.click({ timeout: 1_000 }).catch(() => {})
      }
      seen += (await page.evaluate(() => document.body.innerText)).split('__ran').length - 1
      assert.equal(await page.evaluate(() => window.__ran ?? 0), 0, `something ran on ${route}`)
      assert.equal(await page.evaluate(() => document.querySelectorAll('body script, iframe, object, embed, base, [onerror], [onload], [onfocus], [onmouseover], a[href^="javascript:" i]').length), 0, `an element was made on ${route}`)
    }
    assert.equal(dialogs, 0)
    assert.deepEqual(strange, [])
    assert.deepEqual(errors.filter((e) => /CSP|Refused to/.test(e)), [])
    assert.ok(seen > 100, `the texts stood on the pages only ${seen} times`)
    console.log(`    ${pages.length} pages, the texts stood there ${seen} times`)
    await context.close()
  })
}
