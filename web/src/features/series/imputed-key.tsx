import './imputed-key.css'
import type { ImputedChoice } from './imputed'

interface Props {
  choice: ImputedChoice
  shape: 'line' | 'bars'
  /** Whether what was measured has a band from lowest to highest. */
  banded: boolean
}

const Sample = ({ shape, imputed }: { shape: Props['shape']; imputed: boolean }) => (
  <svg
    className={imputed ? 'imputed-sample' : 'measured-sample'}
    width="34"
    height="14"
    aria-hidden="true"
  >
    {shape === 'bars' ? (
      <rect x="6" y="2" width="14" height="11" />
    ) : (
      <>
        <rect className="band" x="0" y="1" width="34" height="12" />
        <line x1="0" x2="34" y1="7" y2="7" />
        {imputed && <circle cx="17" cy="7" r="3" />}
      </>
    )}
  </svg>
)

/** What of a chart was measured and what was imputed. */
export function ImputedKey({ choice, shape, banded }: Props) {
  const interval =
    shape === 'bars' ? 'a line: its 90 % interval' : 'dotted edges: its 90 % interval'
  return (
    <ul className="imputed-key" aria-label="Measured and imputed">
      {choice !== 'only' && (
        <li>
          <Sample shape={shape} imputed={false} />
          Measured: solid{banded ? ', a band from lowest to highest' : ''}
        </li>
      )}
      <li>
        <Sample shape={shape} imputed />
        Imputed: dashed{shape === 'line' ? ', hollow marks' : ''}; {interval}
      </li>
    </ul>
  )
}
