// The views of the desk, one line each. A view is a panel: a broken one shows its error in its own place, and the
// navigation stays. A bare view has none: it is held in one hand.
import type { Panel } from '../panels/contract'
import type { View } from '../state/route'
import CommissionView from './commission/CommissionView.vue'
import DeviceView from './device/DeviceView.vue'
import FramesView from './frames/FramesView.vue'
import LabelView from './label/LabelView.vue'
import MaintenanceView from './maintenance/MaintenanceView.vue'
import RegisterView from './register/RegisterView.vue'

const hasSource = () => true

export const VIEW_PANELS: Record<View, Panel> = {
  devices: { kind: 'register', component: RegisterView, hasSource },
  device: { kind: 'device', component: DeviceView, hasSource },
  maintenance: { kind: 'maintenance', component: MaintenanceView, hasSource },
  frames: { kind: 'frames', component: FramesView, hasSource },
  label: { kind: 'label', component: LabelView, hasSource },
  commission: { kind: 'commission', component: CommissionView, hasSource },
}
export const BARE: readonly View[] = ['commission']
