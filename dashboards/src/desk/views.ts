// The views of the desk, one line each. A view is a panel: a broken one shows its error in its own place, and the
// navigation stays. A bare view has none: it is held in one hand.
import type { Panel } from '../panels/contract'
import type { View } from '../state/route'
import AccountView from './account/AccountView.vue'
import AuditView from './audit/AuditView.vue'
import CommissionView from './commission/CommissionView.vue'
import DeviceView from './device/DeviceView.vue'
import FramesView from './frames/FramesView.vue'
import LabelView from './label/LabelView.vue'
import MaintenanceView from './maintenance/MaintenanceView.vue'
import MatrixView from './matrix/MatrixView.vue'
import PeopleView from './people/PeopleView.vue'
import PersonView from './people/PersonView.vue'
import PolicyView from './policy/PolicyView.vue'
import ReceiversView from './receivers/ReceiversView.vue'
import RegisterView from './register/RegisterView.vue'
import ScreensView from './screens/ScreensView.vue'
import ServicesView from './services/ServicesView.vue'

const hasSource = () => true

export const VIEW_PANELS: Record<View, Panel> = {
  devices: { kind: 'register', component: RegisterView, hasSource },
  device: { kind: 'device', component: DeviceView, hasSource },
  maintenance: { kind: 'maintenance', component: MaintenanceView, hasSource },
  frames: { kind: 'frames', component: FramesView, hasSource },
  receivers: { kind: 'receivers', component: ReceiversView, hasSource },
  label: { kind: 'label', component: LabelView, hasSource },
  commission: { kind: 'commission', component: CommissionView, hasSource },
  account: { kind: 'account', component: AccountView, hasSource },
  people: { kind: 'people', component: PeopleView, hasSource },
  person: { kind: 'person', component: PersonView, hasSource },
  matrix: { kind: 'matrix', component: MatrixView, hasSource },
  services: { kind: 'services', component: ServicesView, hasSource },
  screens: { kind: 'screens', component: ScreensView, hasSource },
  audit: { kind: 'audit', component: AuditView, hasSource },
  policy: { kind: 'policy', component: PolicyView, hasSource },
}
export const BARE: readonly View[] = ['commission']
