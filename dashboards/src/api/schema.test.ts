// @vitest-environment node
// schema.d.ts is what the hub's OpenAPI document says today.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { generate, SCHEMA } from '../../scripts/types.mjs'

test('schema.d.ts is as new as the hub\'s openapi.json', async () => {
  expect(readFileSync(SCHEMA, 'utf8') === (await generate()), 'src/api/schema.d.ts is old; make it anew with: npm run types').toBe(true)
})
