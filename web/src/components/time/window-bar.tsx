import './window-bar.css'
import { Button, Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { DAY, daysUntil, shifted, type TimeWindow, windowWords, zoomed } from './window'

interface Props {
  window: TimeWindow
  zone: string
  /** From the first to the last that there is. */
  all: TimeWindow | null
  onWindow: (window: TimeWindow | null) => void
  /** What else is chosen for all that is shown. */
  children?: ReactNode
}

const PRESETS = [1, 7, 14, 30, 90]
const CLOCK_CHANGE = 0.05

const daysWord = (days: number) => (days === 1 ? '1 day' : `${days} days`)

/** Which stretch of time is shown, and the ways to change it without a mouse. */
export function WindowBar({ window, zone, all, onWindow, children }: Props) {
  const days = (window.end - window.start) / DAY
  const last = window.end - 1
  const step = (label: string, mark: string, next: () => TimeWindow) => (
    <Button variant="default" aria-label={label} title={label} onClick={() => onWindow(next())}>
      <span aria-hidden="true">{mark}</span>
    </Button>
  )

  return (
    <section className="window-bar" aria-label="Time shown">
      <p className="window-words" aria-live="polite">
        <strong>{windowWords(window, zone)}</strong>
        <span className="zone">Times in {zone}</span>
      </p>
      <Group gap="xs">
        <Button.Group>
          {step('Earlier', '←', () => shifted(window, -1, zone))}
          {step('Later', '→', () => shifted(window, 1, zone))}
        </Button.Group>
        <Button.Group>
          {step('Zoom in', '+', () => zoomed(window, 0.5))}
          {step('Zoom out', '−', () => zoomed(window, 2))}
        </Button.Group>
        <Button variant="default" onClick={() => onWindow(null)}>
          Reset
        </Button>
        <Button.Group>
          {PRESETS.map((preset) => (
            <Button
              key={preset}
              variant="default"
              aria-pressed={Math.abs(days - preset) < CLOCK_CHANGE}
              onClick={() => onWindow(daysUntil(last, preset, zone))}
            >
              {daysWord(preset)}
            </Button>
          ))}
          {all && (
            <Button variant="default" onClick={() => onWindow(all)}>
              All
            </Button>
          )}
        </Button.Group>
      </Group>
      {children}
    </section>
  )
}
