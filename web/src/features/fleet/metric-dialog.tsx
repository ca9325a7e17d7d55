import { Button, Group, NativeSelect, NumberInput, Stack, Switch, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Dialog } from '@/components/dialog'
import { Trouble } from '@/components/states'
import { changeMetric, type FleetMetric, type MetricChange } from './queries'

interface Props {
  metric: FleetMetric
  onDone: () => void
  onClose: () => void
}

const VITALS = [
  { value: '', label: 'nothing' },
  { value: 'battery', label: 'battery: its charge' },
  { value: 'synced', label: 'synced: syncs that succeeded' },
  { value: 'unsynced', label: 'unsynced: syncs that failed' },
]

const numberOf = (value: string | number): number | null =>
  typeof value === 'number' ? value : null

/** Only what is different is sent, so that what somebody else changed meanwhile stays. */
export function changeOf(metric: FleetMetric, wanted: MetricChange): Partial<MetricChange> {
  const names = Object.keys(wanted) as (keyof MetricChange)[]
  return Object.fromEntries(
    names.filter((name) => wanted[name] !== metric[name]).map((name) => [name, wanted[name]]),
  ) as Partial<MetricChange>
}

/** What people read of a metric, its range and its switches. */
export function MetricDialog({ metric, onDone, onClose }: Props) {
  const [wanted, setWanted] = useState<MetricChange>(() => {
    const { title, unit, low, high, time_series, attribute, vital } = metric
    return { title, unit, low, high, time_series, attribute, vital }
  })
  const set = (changes: Partial<MetricChange>) => setWanted((now) => ({ ...now, ...changes }))
  const saving = useMutation({
    mutationFn: () => changeMetric(metric.name, changeOf(metric, wanted)),
    onSuccess: onDone,
  })
  return (
    <Dialog title={`Change ${metric.name}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          saving.mutate()
        }}
      >
        <Stack gap="md">
          <TextInput
            label="Display name"
            data-autofocus
            value={wanted.title}
            onChange={(event) => set({ title: event.currentTarget.value })}
          />
          <TextInput
            label="Unit"
            value={wanted.unit}
            onChange={(event) => set({ unit: event.currentTarget.value })}
          />
          {metric.kind !== 'string' && (
            <Group grow align="flex-start">
              <NumberInput
                label="Least value"
                value={wanted.low ?? ''}
                onChange={(value) => set({ low: numberOf(value) })}
              />
              <NumberInput
                label="Greatest value"
                value={wanted.high ?? ''}
                onChange={(value) => set({ high: numberOf(value) })}
              />
            </Group>
          )}
          <Switch
            label="Time series"
            description="Folded for charts and alerts."
            checked={wanted.time_series}
            onChange={(event) => set({ time_series: event.currentTarget.checked })}
          />
          <Switch
            label="Attribute"
            description="Devices are shown with its newest value."
            checked={wanted.attribute}
            onChange={(event) => set({ attribute: event.currentTarget.checked })}
          />
          <NativeSelect
            label="What it says of a device"
            value={wanted.vital}
            data={VITALS}
            onChange={(event) => set({ vital: event.currentTarget.value })}
          />
          {saving.error && <Trouble error={saving.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="subtle" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={saving.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
