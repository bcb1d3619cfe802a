// Who asks, agrees or calls off: a name that people type, remembered in this browser for the next asking. What is a name, and
// when two are the same person, is decided as the hub decides it.
import { ref } from 'vue'

const STORE = 'chengshu.person'
const NAME_MOST = 100

export const person = ref(localStorage.getItem(STORE) ?? '')

export function keepPerson(name: string): void {
  person.value = name.trim()
  localStorage.setItem(STORE, person.value)
}

// oxlint-disable-next-line no-control-regex
export const isName = (text: string): boolean => text.trim() !== '' && [...text.trim()].length <= NAME_MOST && !/[\u0000-\u001f\u007f-\u009f]/.test(text.trim())

const plain = (text: string) => text.replace(/\s/g, '').toLowerCase()
export const samePerson = (one: string, other: string): boolean => plain(one) === plain(other)
