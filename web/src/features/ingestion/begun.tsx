import { Alert } from '@mantine/core'
import type { Run } from '@/api/client'
import { causeWords, outcomeWords, sumOf } from './words'

const COLOURS = { good: 'teal', watch: 'yellow', act: 'red', quiet: 'gray' } as const

interface Props {
  number: number
  whose: string
  /** The run as it stands; nothing until it is in the list. */
  run: Run | undefined
  onClose: () => void
}

/** What became of a run that was asked for here. */
export function Begun({ number, whose, run, onClose }: Props) {
  const { word, band } = outcomeWords(run?.outcome ?? 'running')
  const what = run ? `${causeWords(run.cause)}, ${whose}` : whose
  return (
    <Alert
      color={COLOURS[band]}
      variant="light"
      role="status"
      title={`Run ${number}: ${word.toLowerCase()}`}
      withCloseButton
      closeButtonLabel="Close"
      onClose={onClose}
    >
      {what}. {run && run.outcome !== 'running' ? sumOf(run) : 'This page shows when it is done.'}
    </Alert>
  )
}
