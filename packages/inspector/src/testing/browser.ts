/** As much of puppeteer as is used here: it is not installed where this is compiled. */
export interface Page {
  goto(url: string): Promise<unknown>
  evaluate(script: string): Promise<unknown>
  waitForFunction(condition: string, options: { readonly polling: number }): Promise<unknown>
  setViewport(size: { readonly width: number; readonly height: number }): Promise<void>
  emulateMediaFeatures(features: readonly { readonly name: string; readonly value: string }[]): Promise<void>
  screenshot(options: { readonly path: string }): Promise<unknown>
  on(event: 'pageerror', listener: (error: Error) => void): void
  on(event: 'console', listener: (message: { text(): string; type(): string }) => void): void
  on(event: 'request', listener: (request: { url(): string }) => void): void
  createCDPSession(): Promise<{ send(method: string, params?: object): Promise<unknown> }>
  close(): Promise<void>
  keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> }
}

export interface Browser {
  newPage(): Promise<Page>
  close(): Promise<void>
}

/** The Chromium that the client is tested in. */
export async function launchBrowser(): Promise<Browser> {
  const chromium: { launchChromium(): Promise<Browser> } = await import(
    new URL('../../../client/dist/testing/chromium/chromium.js', import.meta.url).href
  )
  return chromium.launchChromium()
}

/** Waits for a condition; when it does not come, the error holds what the page shows instead. */
export async function shows(page: Page, condition: string): Promise<void> {
  try {
    await page.waitForFunction(condition, { polling: 50 })
  } catch (error) {
    throw new Error(`${condition} does not come: ${await page.evaluate("document.querySelector('main')?.innerText")}`, {
      cause: error,
    })
  }
}

/** Goes to a view by its link, as a person does. */
export async function goTo(page: Page, view: string): Promise<void> {
  await page.evaluate(`document.querySelector('nav a[href="#${view}"]').click()`)
  await shows(page, `document.querySelector('nav a[aria-current]')?.hash === '#${view}'`)
}

/** The condition that the feed is open. */
export const isLive = "document.querySelector('.live')?.textContent === '● live'"
