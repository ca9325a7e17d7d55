import './legend.css'
import { DASHES, dashWord, STROKES, strokeName } from '@/components/chart/colours'

/** Whose line is whose: colour, dash and a name. */
export function Legend({ names }: { names: readonly string[] }) {
  return (
    <ul className="legend" aria-label="Lines">
      {names.map((name, slot) => (
        <li key={name}>
          <svg width="34" height="10" role="img" aria-label={dashWord(slot)}>
            <line
              x1="1"
              x2="33"
              y1="5"
              y2="5"
              stroke={`var(${strokeName(slot)})`}
              strokeWidth="2.5"
              strokeDasharray={DASHES[slot % STROKES]?.join(' ')}
            />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  )
}
