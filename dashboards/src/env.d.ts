// Lets TypeScript read .vue files and the worker address; it declares nothing of our own.
declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent<object, object, unknown>
  export default component
}
