import './mark.css'
import type { ReactNode } from 'react'

export type Band = 'good' | 'watch' | 'act' | 'quiet'

const SHAPES = {
  tick: 'M4.4 8.4l2.5 2.5 4.8-5.4',
  clock: 'M8 4v4.4l2.8 1.7',
  alert: 'M8 4v5M8 11.7v.1',
  dash: 'M4.8 8h6.4',
  dot: 'M8 7.9v.2',
  letter: 'M4.2 5.6h7.6v5H4.2zM4.4 5.8L8 8.6l3.6-2.8',
  eye: 'M3.6 8C5 6 6.4 5.2 8 5.2S11 6 12.4 8C11 10 9.6 10.8 8 10.8S5 10 3.6 8zM8 7.9v.2',
  half: 'M8 .8v14.4M8 3.4h5M8 6.4h6.6M8 9.6h6.6M8 12.6h5',
} as const

export type Shape = keyof typeof SHAPES

const USUAL: Record<Band, Shape> = { good: 'tick', watch: 'clock', act: 'alert', quiet: 'dash' }

interface Props {
  band: Band
  /** The word, which says all that the colour says. */
  word: string
  shape?: Shape
  title?: string | undefined
  children?: ReactNode
}

/** A state: a word and a mark, never colour alone. */
export function Mark({ band, word, shape = USUAL[band], title, children }: Props) {
  return (
    <span className={`mark ${band}`} title={title}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r="7.2" />
        <path d={SHAPES[shape]} />
      </svg>
      <b>{word}</b>
      {children !== undefined && <span className="when">{children}</span>}
    </span>
  )
}
