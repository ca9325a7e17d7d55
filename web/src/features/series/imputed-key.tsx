import './imputed-key.css'
import type { ImputedChoice } from './imputed'

interface Props {
  choice: ImputedChoice
  shape: 'line' | 'bars'
  /** Whether what was measured has a band from lowest to highest. */
  banded: boolean
  /** Whether the interval of what was imputed is drawn. */
  interval?: boolean
}

interface SampleProps {
  shape: Props['shape']
  imputed: boolean
  /** A line alone, without a band or marks. */
  plain: boolean
}

const Sample = ({ shape, imputed, plain }: SampleProps) => (
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
        {!plain && <rect className="band" x="0" y="1" width="34" height="12" />}
        <line x1="0" x2="34" y1="7" y2="7" />
        {imputed && !plain && <circle cx="17" cy="7" r="3" />}
      </>
    )}
  </svg>
)

/** What of a chart was measured and what was imputed. */
export function ImputedKey({ choice, shape, banded, interval = true }: Props) {
  const marks = shape === 'bars' ? 'a line' : 'dotted edges'
  const hollow = shape === 'line' && interval ? ', hollow marks' : ''
  return (
    <ul className="imputed-key" aria-label="Measured and imputed">
      {choice !== 'only' && (
        <li>
          <Sample shape={shape} imputed={false} plain={!interval} />
          Measured: solid{banded ? ', a band from lowest to highest' : ''}
        </li>
      )}
      <li>
        <Sample shape={shape} imputed plain={!interval} />
        Imputed: dashed{hollow}
        {interval && `; ${marks}: its 90 % interval`}
      </li>
    </ul>
  )
}
