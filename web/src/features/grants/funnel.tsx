import './funnel.css'
import type { Step } from '@/api/client'
import { Mark } from '@/components/mark'
import { STEP_NAMES, STEPS } from './steps'

interface Props {
  counts: Partial<Record<Step, number>>
  chosen: Step | undefined
  onChoose: (step: Step | undefined) => void
}

/** How many stand on each step of the way, everybody once; a step chosen narrows the table. */
export function Funnel({ counts, chosen, onChoose }: Props) {
  return (
    <ol className="funnel" aria-label="Where everybody stands">
      {STEP_NAMES.map((step) => {
        const count = counts[step] ?? 0
        return (
          <li key={step} className={count === 0 ? 'nobody' : undefined}>
            <button
              type="button"
              aria-pressed={chosen === step}
              onClick={() => onChoose(chosen === step ? undefined : step)}
            >
              <span className="number">{count.toLocaleString('en')}</span>
              <Mark {...STEPS[step]} />
            </button>
          </li>
        )
      })}
    </ol>
  )
}
