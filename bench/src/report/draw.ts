import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'

/** The common style of all pictures: readable on light and dark pages. */
const look = {
  background: 'white',
  padding: 12,
  font: 'system-ui, sans-serif',
  axis: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal', labelLimit: 0 },
  legend: { labelLimit: 0, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal' },
  title: { fontSize: 14, anchor: 'start', offset: 12 },
} as const

/** Renders a Vega-Lite specification as SVG. Vega modifies its data, so it gets a copy. */
export async function draw(title: string, spec: object): Promise<string> {
  const { spec: vega } = compile({ title, ...structuredClone(spec), config: look } as TopLevelSpec)
  const view = new View(parse(vega), { renderer: 'none' })
  try {
    return `${await view.toSVG()}\n`
  } finally {
    view.finalize()
  }
}
