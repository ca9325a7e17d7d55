import { Alert, Button, Skeleton, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** Grey shapes while something loads, and a word for those who do not see them. */
export function Loading({ what, rows = 1, height = 200 }: LoadingProps) {
  return (
    <div role="status">
      <span className="for-screen-readers">Loading {what}</span>
      <Stack gap="xs" aria-hidden="true">
        {Array.from({ length: rows }, (_, row) => (
          <Skeleton key={row} height={height} radius="md" />
        ))}
      </Stack>
    </div>
  )
}

interface LoadingProps {
  what: string
  rows?: number
  height?: number
}

/** What went wrong, in the server's words, and a way to try again. */
export function Trouble({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const title =
    'title' in error && typeof error.title === 'string' ? error.title : 'Something broke'
  const request =
    'request' in error && typeof error.request === 'string' ? error.request : undefined
  return (
    <Alert color="red" variant="light" title={title} role="alert">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{error.message}</Text>
        {request && (
          <Text size="xs" c="dimmed">
            If you ask for help, say that this was request {request}.
          </Text>
        )}
        {onRetry && (
          <Button variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

/** Nothing to show, and what to do about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <Title order={2} size="h4">
        {title}
      </Title>
      {children}
    </div>
  )
}

/** A page that the role of whoever is signed in does not open. */
export function NotAllowed({ what }: { what: string }) {
  return (
    <Empty title="Not for your role">
      <p>Your role may not see {what}. Ask whoever manages the study if you need to.</p>
    </Empty>
  )
}
