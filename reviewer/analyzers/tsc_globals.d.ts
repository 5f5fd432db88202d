declare var process: { exit(code?: any): never; abort(): never; [name: string]: any };
declare namespace JSX {
  type Element = any;
  type ElementClass = any;
  interface IntrinsicElements { [name: string]: any }
  interface IntrinsicAttributes { [name: string]: any }
  interface ElementChildrenAttribute { children: {} }
}
