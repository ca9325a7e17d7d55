import type { KeyboardEvent, ReactNode } from 'react'
import { shifted, type TimeWindow, zoomed } from './window'

interface Props {
  window: TimeWindow
  zone: string
  onWindow: (window: TimeWindow | null) => void
  children: ReactNode
}

const PAN = 0.25

function moved(key: string, window: TimeWindow, zone: string): TimeWindow | null | undefined {
  switch (key) {
    case 'ArrowLeft':
      return shifted(window, -PAN, zone)
    case 'ArrowRight':
      return shifted(window, PAN, zone)
    case '+':
    case '=':
      return zoomed(window, 0.5)
    case '-':
      return zoomed(window, 2)
    case '0':
      return null
    default:
      return undefined
  }
}

/** A place for charts that takes the keyboard: arrows pan, plus and minus zoom, 0 resets. */
export function WindowKeys({ window, zone, onWindow, children }: Props) {
  const onKeyDown = (event: KeyboardEvent) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey
    if (event.target !== event.currentTarget || !plain) return
    const next = moved(event.key, window, zone)
    if (next === undefined) return
    event.preventDefault()
    onWindow(next)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div
      className="chart-stack"
      role="group"
      aria-label="Charts. Left and right arrows move in time, plus and minus zoom, 0 resets."
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the charts pan and zoom by keyboard
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      {children}
    </div>
  )
}
