// The part of OpenAPI 3.1 that the hub's document uses, and schemas told in one line. Pure: no page, no network.
export interface Schema {
  $ref?: string
  type?: string | string[]
  format?: string
  description?: string
  enum?: unknown[]
  const?: unknown
  items?: Schema | boolean
  prefixItems?: Schema[]
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  required?: string[]
  oneOf?: Schema[]
  anyOf?: Schema[]
  allOf?: Schema[]
  minimum?: number
  maximum?: number
  default?: unknown
}
export interface Parameter { name: string; in: string; required?: boolean; description?: string; schema: Schema }
type Content = Record<string, { schema?: Schema }>
export interface Operation {
  operationId: string
  summary?: string
  tags?: string[]
  parameters?: Parameter[]
  requestBody?: { content: Content }
  responses: Record<string, { description: string; content?: Content }>
  security?: unknown[]
}
export interface Document {
  info: { title: string; version: string; description?: string }
  tags?: { name: string; description?: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}
export interface Route { method: string; path: string; operation: Operation }

export function routes(document: Document): Route[] {
  return Object.entries(document.paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })))
}

/** The routes of each tag, in the order of the document; tags without a fitting route are left out. */
export function groups(document: Document, filter: string): { name: string; description: string; routes: Route[] }[] {
  const wanted = filter.trim().toLowerCase()
  const fits = (r: Route) => `${r.method} ${r.path} ${r.operation.summary ?? ''}`.toLowerCase().includes(wanted)
  const all = routes(document).filter(fits)
  const of = (name: string) => all.filter((r) => (r.operation.tags?.[0] ?? '') === name)
  return (document.tags ?? [{ name: '' }]).map((t) => ({ name: t.name, description: t.description ?? t.name, routes: of(t.name) })).filter((g) => g.routes.length)
}

export const refName = (ref: string): string => ref.split('/').at(-1) ?? ref

/** A schema in one line: `string | null`, `DeviceView[]`, `"csv" | "xlsx"`. */
export function told(schema: Schema | boolean | undefined): string {
  if (schema === undefined || typeof schema === 'boolean') return 'any'
  if (schema.$ref) return refName(schema.$ref)
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((v) => JSON.stringify(v)).join(' | ')
  const several = schema.oneOf ?? schema.anyOf ?? schema.allOf
  if (several) return [...new Set(several.map(told))].join(schema.allOf ? ' & ' : ' | ')
  const types = Array.isArray(schema.type) ? schema.type : schema.type ? [schema.type] : []
  if (!types.length) return 'any'
  return types.map((type) => {
    if (type === 'array') return schema.prefixItems ? `[${schema.prefixItems.map(told).join(', ')}]` : list(told(schema.items))
    if (type === 'object' && typeof schema.additionalProperties === 'object') return `{ …: ${told(schema.additionalProperties)} }`
    return schema.format && type === 'string' ? `${type} (${schema.format})` : type
  }).join(' | ')
}

const list = (item: string): string => (item.includes(' ') ? `(${item})[]` : `${item}[]`)

/** Bounds and default of a schema, in few signs. */
export function bounds(schema: Schema): string {
  const parts = []
  if (schema.minimum !== undefined || schema.maximum !== undefined) parts.push(`${schema.minimum ?? ''}…${schema.maximum ?? ''}`)
  if (schema.default !== undefined) parts.push(`= ${JSON.stringify(schema.default)}`)
  return parts.join(' ')
}

/** Every schema that one names, itself first, each once. */
export function named(document: Document, schema: Schema | undefined, seen: string[] = []): string[] {
  if (!schema) return seen
  const name = schema.$ref && refName(schema.$ref)
  if (name && !seen.includes(name)) {
    seen.push(name)
    named(document, document.components.schemas[name], seen)
  }
  const inner = [schema.items, schema.additionalProperties, ...(schema.prefixItems ?? []), ...(schema.oneOf ?? []), ...(schema.anyOf ?? []), ...(schema.allOf ?? []), ...Object.values(schema.properties ?? {})]
  for (const one of inner) if (typeof one === 'object') named(document, one, seen)
  return seen
}
