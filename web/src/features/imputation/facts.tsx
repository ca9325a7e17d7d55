import type { ReactNode } from 'react'
import { timeHere } from '@/components/time/words'
import type { Run } from './queries'
import { classWord, count, metricWord, unitOf } from './words'

const factsOf = (run: Run): [string, ReactNode][] => [
  ['Metric', metricWord(run.metric)],
  ['Method', run.method],
  ['Filled', `${count(run.minutes)} ${unitOf(run.metric)} of ${run.finished} people`],
  ['Days', `${run.start ?? 'the first'} to ${run.end ?? 'the last'}`],
  ['Draws and seed', `${run.draws}, seed ${run.seed}`],
  [
    'Lengths let be filled',
    run.classes ? run.classes.map((c) => classWord(String(c))).join(', ') : 'all that validate',
  ],
  ['Software', run.software],
  ['By', run.started_by],
  ['Begun', timeHere(run.started_at)],
  ['Ended', run.finished_at ? timeHere(run.finished_at) : 'not yet'],
  ['Digest of the data', run.data_hash ? `${run.data_hash.slice(0, 16)}…` : 'not yet'],
]

/** How a run was made. */
export const Facts = ({ run }: { run: Run }) => (
  <dl className="run-facts">
    {factsOf(run).map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
)
