import './compare.css'
import { Button, TextInput } from '@mantine/core'
import { DAY, type TimeWindow } from '@/components/time/window'

interface Props {
  window: TimeWindow
  /** From which day in the study to which, both shown. */
  onDays: (from: number, to: number) => void
}

const LENGTHS = [7, 14, 28, 90]

/** Which days in the study are shown. */
export function StudyDays({ window, onDays }: Props) {
  const [from, to] = [Math.round(window.start / DAY) + 1, Math.round(window.end / DAY)]
  const length = to - from + 1
  return (
    <div className="study-days">
      <TextInput
        type="number"
        label="From day"
        w="7rem"
        min={1}
        value={from}
        onChange={({ currentTarget: { value } }) => {
          const day = Number(value)
          if (day >= 1) onDays(day, Math.max(day, to))
        }}
      />
      <TextInput
        type="number"
        label="to day"
        w="7rem"
        min={from}
        value={to}
        onChange={({ currentTarget: { value } }) => {
          const day = Number(value)
          if (day >= from) onDays(from, day)
        }}
      />
      <Button.Group>
        <Button
          variant="default"
          aria-label="Earlier"
          disabled={from === 1}
          onClick={() => onDays(Math.max(1, from - length), Math.max(length, to - length))}
        >
          ←
        </Button>
        <Button variant="default" aria-label="Later" onClick={() => onDays(to + 1, to + length)}>
          →
        </Button>
      </Button.Group>
      <Button.Group>
        {LENGTHS.map((days) => (
          <Button
            key={days}
            variant="default"
            aria-pressed={days === length}
            onClick={() => onDays(from, from + days - 1)}
          >
            {days} days
          </Button>
        ))}
      </Button.Group>
    </div>
  )
}
