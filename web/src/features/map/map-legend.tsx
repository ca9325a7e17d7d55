import { useComputedColorScheme } from '@mantine/core'
import { useLayoutEffect, useRef } from 'react'
import { inked } from '@/components/chart/colours'
import type { Arranged } from './arrange'
import { shade } from './cividis'
import { draw } from './glyphs'
import { type Cell, cellAt, type Layer, type Look, lookOf } from './layers'
import type { DayMap, Reason } from './queries'

const [WIDE, TALL] = [22, 18]
const GRADIENT = `linear-gradient(to right, ${Array.from({ length: 9 }, (_, i) => shade(i / 8))})`

function Swatch({ look }: { look: Look }) {
  const scheme = useComputedColorScheme('light')
  const canvas = useRef<HTMLCanvasElement>(null)
  useLayoutEffect(() => {
    const pen = canvas.current?.getContext('2d')
    if (!pen || !canvas.current) return
    const dense = window.devicePixelRatio || 1
    canvas.current.width = WIDE * dense
    canvas.current.height = TALL * dense
    pen.setTransform(dense, 0, 0, dense, 0, 0)
    const colour = (name: string) => (name.startsWith('--') ? inked(name) : name)
    if (look.fill) {
      pen.fillStyle = colour(look.fill)
      pen.fillRect(0, 0, WIDE, TALL)
    }
    pen.font = '600 12px system-ui, sans-serif'
    pen.fillStyle = pen.strokeStyle = colour(look.ink)
    draw(pen, look.glyph, 0, 0, WIDE, TALL)
  }, [look, scheme])
  return (
    <span aria-hidden="true">
      <canvas ref={canvas} style={{ width: WIDE, height: TALL }} />
    </span>
  )
}

/** How many cells of each look there are among the people shown, in the order of the reasons. */
function tally(map: DayMap, { lines, columns }: Arranged, layer: Layer): [Look, number][] {
  const counts = new Map<string, [Look, number]>()
  for (const reason of map.reasons) {
    const look = lookOf(layer, sample(reason))
    if (!counts.has(look.word)) counts.set(look.word, [look, 0])
  }
  for (const { person, shift } of lines) {
    for (let column = 0; column < columns; column++) {
      const cell = cellAt(map, person, column + shift)
      if (!cell) continue
      const { word } = lookOf(layer, cell)
      const known = counts.get(word) ?? [lookOf(layer, cell), 0]
      counts.set(word, [known[0], known[1] + 1])
    }
  }
  return [...counts.values()].filter(([, count]) => count > 0)
}

const SAMPLES: Partial<Record<Reason, number>> = { valid: 1200, below_threshold: 300 }

/** A day as it looks in the legend. */
const sample = (reason: Reason): Cell => ({ reason, worn: SAMPLES[reason] ?? null, asleep: null })

interface Props {
  map: DayMap
  arranged: Arranged
  layer: Layer
}

/** What the marks of the map mean, in words, with how many days each stands for. */
export function MapLegend({ map, arranged, layer }: Props) {
  const scaled = layer === 'wear' || layer === 'sleep'
  return (
    <ul className="map-legend" aria-label="What the marks mean">
      {scaled && (
        <li>
          0 h <span className="scale" style={{ background: GRADIENT }} aria-hidden="true" />{' '}
          {layer === 'wear' ? '24 h worn' : '10 h asleep'}
        </li>
      )}
      {tally(map, arranged, layer)
        .filter(([{ fill }]) => !(scaled && fill?.startsWith('rgb') && layer === 'sleep'))
        .map(([look, count]) => (
          <li key={look.word}>
            <Swatch look={look} />
            {look.word} <small>{count.toLocaleString('en')} days</small>
          </li>
        ))}
    </ul>
  )
}
