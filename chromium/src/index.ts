export { executablePath, launchChromium, needChromium } from './chromium.ts'
export { type SdkPages, sdks, startSdkPages } from './sdk-pages.ts'
