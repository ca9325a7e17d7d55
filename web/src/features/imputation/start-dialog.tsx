import { Alert, Button, Checkbox, Group, NumberInput, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Dialog } from '@/components/dialog'
import { Trouble } from '@/components/states'
import { begin, type Run } from './queries'
import { METRICS } from './words'

interface Props {
  study: string
  onDone: (runs: Run[]) => void
  onClose: () => void
}

/** Which metrics, days, draws and seed; a run for each metric. */
export function StartDialog({ study, onDone, onClose }: Props) {
  const [metrics, setMetrics] = useState(['heart_rate'])
  const [start, setStart] = useState('')
  const [end, setEnd] = useState('')
  const [draws, setDraws] = useState<string | number>(20)
  const [seed, setSeed] = useState<string | number>(0)
  const [learn, setLearn] = useState(false)
  const starting = useMutation({
    mutationFn: async () => {
      const runs: Run[] = []
      for (const metric of metrics) {
        runs.push(
          await begin({
            study,
            metric,
            participants: [],
            start: start || null,
            end: end || null,
            draws: Number(draws),
            seed: Number(seed),
            rounds: 3,
            learn,
          }),
        )
      }
      return runs
    },
    onSuccess: onDone,
  })
  return (
    <Dialog title={`Impute ${study}`} wide onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          starting.mutate()
        }}
      >
        <Stack gap="md">
          <Alert color="gray" variant="light" title="What to expect">
            <Text size="sm">
              About a third of the missing minutes is all that may be filled in real data: where
              nothing is known about a gap it stays a gap, with its reason. Measured values are
              never touched, and every figure can be had without what was imputed.
            </Text>
          </Alert>
          <Checkbox.Group label="Metrics" value={metrics} onChange={setMetrics}>
            <Stack gap={6} mt={6}>
              {METRICS.map(([name, word]) => (
                <Checkbox key={name} value={name} label={word} />
              ))}
            </Stack>
          </Checkbox.Group>
          <Group grow align="flex-start">
            <TextInput
              type="date"
              label="First day"
              description="All there is without"
              value={start}
              onChange={(event) => setStart(event.currentTarget.value)}
            />
            <TextInput
              type="date"
              label="Last day"
              description="Included"
              value={end}
              onChange={(event) => setEnd(event.currentTarget.value)}
            />
          </Group>
          <Group grow align="flex-start">
            <NumberInput
              label="Draws"
              description="2 to 100; more make intervals steadier"
              min={2}
              max={100}
              required
              hideControls
              value={draws}
              onChange={setDraws}
            />
            <NumberInput
              label="Seed"
              description="The same seed and data give the same values"
              min={0}
              max={2_147_483_647}
              required
              hideControls
              value={seed}
              onChange={setSeed}
            />
          </Group>
          <Checkbox
            label="Learn the model anew from this study (takes minutes)"
            checked={learn}
            onChange={(event) => setLearn(event.currentTarget.checked)}
          />
          {starting.error && <Trouble error={starting.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="subtle" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={starting.isPending} disabled={metrics.length === 0}>
              Start
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
