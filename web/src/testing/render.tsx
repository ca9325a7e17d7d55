import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { vi } from 'vitest'
import { queriesFor } from '@/api/queries'
import { theme } from '@/components/theme/theme'
import { sessionQuery } from '@/features/session/queries'
import { routerFor } from '@/pages/routes'
import { answer, type Setting, setting } from './network'

/** Opens an address of the dashboard on the mock network; `asked` lists the requests made. */
export function open(address: string, changes: Partial<Setting> = {}) {
  const current = { ...setting(), ...changes }
  const asked: Request[] = []
  vi.stubGlobal('fetch', (request: Request) => {
    asked.push(request)
    return answer(request, current)
  })
  window.history.replaceState(null, '', address)
  const queries = queriesFor((cache) => cache.setQueryData(sessionQuery.queryKey, null))
  const router = routerFor(queries)
  render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>,
  )
  return { user: userEvent.setup(), router, asked, current }
}
