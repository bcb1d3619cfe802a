// The parts of a device page, one line each. A part is a panel: a broken one shows its error in its own place.
import type { Panel } from '../../panels/contract'
import CommandsPanel from '../commands/CommandsPanel.vue'
import DayLedger from './DayLedger.vue'
import EntryPanel from './EntryPanel.vue'
import History from './History.vue'
import Messages from './Messages.vue'
import Metrics from './Metrics.vue'
import Photos from './Photos.vue'

const hasSource = () => true

export const MAIN: Panel[] = [{ kind: 'metrics', component: Metrics, hasSource }, { kind: 'orders', component: CommandsPanel, hasSource }, { kind: 'messages', component: Messages, hasSource }]
export const SIDE: Panel[] = [{ kind: 'entry', component: EntryPanel, hasSource }, { kind: 'photos', component: Photos, hasSource }, { kind: 'dayLedger', component: DayLedger, hasSource }, { kind: 'history', component: History, hasSource }]
