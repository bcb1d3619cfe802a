// Starts the app: fonts and styles, then one Vue tree. Everything else is wired in App.vue.
import '@fontsource-variable/noto-sans-sc/wght.css'
import '@fontsource/barlow/latin-400.css'
import '@fontsource/barlow/latin-500.css'
import '@fontsource/barlow/latin-600.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/desk.css'
import './styles/account.css'
import { createApp } from 'vue'
import App from './App.vue'
import { i18n } from './i18n'
import { returnToPlace } from './login/place'
import { applyToDocument } from './state/prefs'

returnToPlace()
applyToDocument()
createApp(App).use(i18n).mount('#app')
