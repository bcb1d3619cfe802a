// What runs first, and small on purpose: the live stream is asked for while the app is still being loaded.
import { startEarly } from './live/early'

startEarly()
void import('./app')
