// The fake hub's board of what cannot be seen now: made anew from its devices, links and database at each question, the
// database and links first, then devices, those silent for longest first; never heard comes last.

const KINDS = ['database', 'link', 'device']

export function unseen({ world, database }, { theme, limit, after }) {
  const all = [...fromDatabase(database), ...world.links.flatMap(fromLink), ...[...world.devices.values()].flatMap(fromDevice)]
    .filter((u) => !theme || u.kind !== 'device' || u.theme === theme)
    .sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || (a.state === 'never') - (b.state === 'never') || a.since - b.since)
  const counts = { device: 0, link: 0, database: 0 }
  for (const u of all) counts[u.kind]++
  const from = +(after ?? 0)
  return { unseen: all.slice(from, from + limit), counts, next: from + limit < all.length ? String(from + limit) : null }
}

const blank = { name: null, theme: null, last_heard: null, deadline_s: null, deadline_from: null, gateway: null, detail: null }

const fromDatabase = (db) => (db.state === 'up' ? [] : [{ ...blank, kind: 'database', id: 'database', state: 'down', since: db.since, reason: db.code, detail: db.reason }])

const fromLink = (l) => (l.state === 'up' ? [] : [{
  ...blank, kind: 'link', id: l.id, name: l.name, state: l.state, since: l.since, reason: l.reason?.code ?? 'not_connected', detail: l.reason?.text ?? null,
}])

const fromDevice = (d) => (d.state === 'live' || d.registration === 'pending' ? [] : [{
  ...blank, kind: 'device', id: d.device, name: d.name, theme: d.theme, state: d.state, since: d.state_since, reason: d.reason === 'silent' && d.gateway ? 'gateway' : d.reason, last_heard: d.last_heard,
  deadline_s: d.deadline.stale_after_s, deadline_from: d.deadline.from, gateway: d.gateway,
}])
