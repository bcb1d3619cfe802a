// The parts of the health page, one line each, in the order of their tabs. A part is a panel: a broken one shows its
// error in its own place.
import type { Panel } from '../panels/contract'
import type { Part } from '../state/route'
import AsideSection from './aside/AsideSection.vue'
import BoardSection from './board/BoardSection.vue'
import LedgerSection from './ledger/LedgerSection.vue'

const hasSource = () => true

export const SECTIONS: Record<Part, Panel> = {
  unseen: { kind: 'board', component: BoardSection, hasSource },
  ledger: { kind: 'ledger', component: LedgerSection, hasSource },
  rejected: { kind: 'aside', component: AsideSection, hasSource },
}
