// The app: styles, then one Vue tree. Everything else is wired in App.vue.
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
import { zh } from './i18n/zh'
import { returnToPlace } from './login/place'
import { applyToDocument, lang } from './state/prefs'

// A Chinese font comes in some hundred pieces. Those that the wall's words need are asked for together, not each when its first word is drawn.
if (lang.value === 'zh') void document.fonts?.load("1em 'Noto Sans SC Variable'", [...new Set(JSON.stringify(zh))].join(''))
returnToPlace()
applyToDocument()
createApp(App).use(i18n).mount('#app')
