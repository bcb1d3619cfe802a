// The ledger's adapters, read once for the whole page: the figures on the tabs, the ledger itself and the choice of links
// must not say different things.
import { inject, provide, type InjectionKey } from 'vue'
import { fetchLedger } from '../api/client'
import type { AdapterBook } from '../api/types'
import { usePolled, type Polled } from '../poll/polled'

const BOOKS: InjectionKey<Polled<AdapterBook[]>> = Symbol('books')
const EVERY_MS = 5_000

export function provideBooks(): Polled<AdapterBook[]> {
  const books = usePolled(EVERY_MS, (key, signal) => fetchLedger(key, signal))
  provide(BOOKS, books)
  return books
}

export function useBooks(): Polled<AdapterBook[]> {
  const books = inject(BOOKS)
  if (!books) throw new Error('useBooks() outside of the health page')
  return books
}
