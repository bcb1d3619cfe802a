// Makes src/api/schema.d.ts from the hub's OpenAPI document: `npm run types`. The unit test asks generate() too, so that
// the options stand in one place.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const DOCUMENT = at('../../hub/api/openapi.json')
export const SCHEMA = at('../src/api/schema.d.ts')

/** @returns {Promise<string>} what schema.d.ts has to be */
export async function generate() {
  return COMMENT_HEADER + astToString(await openapiTS(readFileSync(DOCUMENT, 'utf8'), { silent: true }))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(SCHEMA, await generate())
