// The API page reads the very document that the hub serves.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bounds, groups, named, routes, told, type Document } from './openapi'

const document = JSON.parse(readFileSync('../hub/api/openapi.json', 'utf8')) as Document

describe('the API page', () => {
  it('shows every route exactly once', () => {
    const shown = groups(document, '').flatMap((g) => g.routes.map((r) => `${r.method} ${r.path}`))
    expect(shown.length).toBeGreaterThan(40)
    expect([...shown].sort()).toEqual(routes(document).map((r) => `${r.method} ${r.path}`).sort())
    expect(new Set(shown).size).toBe(shown.length)
  })
  it('filters by address and by words', () => {
    const found = groups(document, 'Webhooks').flatMap((g) => g.routes)
    expect(found.length).toBeGreaterThan(3)
    expect(found.every((r) => /webhook/i.test(r.path + r.operation.summary))).toBe(true)
    expect(groups(document, 'no such thing')).toEqual([])
  })
  it('tells a schema in one line', () => {
    expect(told({ type: ['string', 'null'] })).toBe('string | null')
    expect(told({ type: 'array', items: { $ref: '#/components/schemas/DeviceView' } })).toBe('DeviceView[]')
    expect(told({ type: 'array', items: { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'number' }] } })).toBe('([integer, number])[]')
    expect(told({ enum: ['csv', 'xlsx'] })).toBe('"csv" | "xlsx"')
    expect(told(undefined)).toBe('any')
    expect(bounds({ minimum: 1, maximum: 5, default: 2 })).toBe('1…5 = 2')
  })
  it('finds the schemas that an answer names, and no schema is missing', () => {
    const answer = document.paths['/api/v1/devices']!.get!.responses['200']!.content!['application/json']!.schema
    expect(named(document, answer)).toContain('DeviceView')
    for (const r of routes(document)) for (const name of Object.values(r.operation.responses).flatMap((a) => Object.values(a.content ?? {}).flatMap((c) => named(document, c.schema)))) expect(document.components.schemas[name], name).toBeDefined()
  })
})
