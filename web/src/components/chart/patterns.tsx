import './patterns.css'

export type Pattern = 'hatched' | 'dotted' | 'crossed'

/** Fills that can be told apart without colour; an SVG refers to them as url(#prefix-hatched). */
export function Patterns({ prefix }: { prefix: string }) {
  const shared = { patternUnits: 'userSpaceOnUse', width: 6, height: 6 } as const
  return (
    <defs>
      <pattern {...shared} id={`${prefix}-hatched`} patternTransform="rotate(45)">
        <line className="pattern-line" x1="0" y1="0" x2="0" y2="6" />
      </pattern>
      <pattern {...shared} id={`${prefix}-dotted`}>
        <circle className="pattern-dot" cx="3" cy="3" r="1.1" />
      </pattern>
      <pattern {...shared} id={`${prefix}-crossed`}>
        <path className="pattern-line" d="M0 0L6 6M6 0L0 6" />
      </pattern>
    </defs>
  )
}

/** A sample of a fill, with its word. */
export function Swatch({ name, word }: { name: string; word: string }) {
  return (
    <li>
      <span className={`swatch ${name}`} aria-hidden="true" /> {word}
    </li>
  )
}
